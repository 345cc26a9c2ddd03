import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetAttributes } from '../../../src/instrument/grpc/target.ts';

for (const [target, address, port] of [
  ['dns:localhost:50051', 'localhost', 50_051],
  ['dns:///users.svc.cluster.local:80', 'users.svc.cluster.local', 80],
  ['dns://8.8.8.8/users:80', 'users', 80],
  ['localhost:50051', 'localhost', 50_051],
  ['dns:my_host:1', 'my_host', 1],
  ['ipv4:10.0.0.1:80', '10.0.0.1', 80],
  ['ipv4:10.0.0.1:80,10.0.0.2:81', '10.0.0.2', 81],
  ['ipv6:[::1]:443', '::1', 443],
  ['ipv6:[2001:db8::1%eth0]:443', '2001:db8::1%eth0', 443],
  ['xds:///users:80', 'users', 80],
] as const) {
  test(`${target} leads to ${address}, port ${port}`, () => {
    assert.deepEqual(targetAttributes(target), { 'server.address': address, 'server.port': port });
  });
}

for (const target of ['dns:127.0.0.1', 'dns:users', 'unix:/run/socket', 'unix-abstract:name', '']) {
  test(`"${target}" names no port, and so nothing`, () => assert.deepEqual(targetAttributes(target), {}));
}
