import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGrpc } from '../../../src/instrument/http/grpc.ts';

test('gRPC is told by its content type; gRPC-Web is none', () => {
  for (const type of ['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8']) {
    assert.equal(isGrpc(type), true, type);
  }
  for (const type of ['application/grpc-web+proto', 'application/json', '', undefined])
    assert.equal(isGrpc(type), false, type);
});
