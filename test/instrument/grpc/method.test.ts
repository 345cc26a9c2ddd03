import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeMethod } from '../../../src/instrument/grpc/method.ts';

for (const [path, spanName, service, method] of [
  ['/user.UserSrv/GetUserInfo', 'grpc.user.UserSrv/GetUserInfo', 'user.UserSrv', 'GetUserInfo'],
  ['/grpc.health.v1.Health/Check', 'grpc.grpc.health.v1.Health/Check', 'grpc.health.v1.Health', 'Check'],
  ['user.UserSrv/GetUserInfo', 'grpc.user.UserSrvGetUserInfo', 'user.UserSrv', 'GetUserInfo'],
  ['/a/b/c', 'grpc.a/b/c', 'a', 'b/c'],
  ['/alone', 'grpc.alone', 'alone', ''],
  ['', 'grpc.', '', ''],
] as const) {
  test(`the path "${path}" is named as the instrumentation of OpenTelemetry names it`, () => {
    const attributes = { 'rpc.system': 'grpc', 'rpc.method': method, 'rpc.service': service };
    assert.deepEqual(describeMethod(path), { spanName, attributes });
  });
}
