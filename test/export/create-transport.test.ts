import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTransport } from '../../src/export/create-transport.ts';
import { closing } from './support.ts';

test('each kind of configuration makes its transport, named without credentials', (t) => {
  const rest = { headers: {}, gzip: false };
  const targets = [
    createTransport({ kind: 'http', url: 'http://a:b@jaeger:14268/api/traces?c=d', ...rest }),
    createTransport({ kind: 'grpc', url: 'http://a:b@collector:4317', ...rest }),
    createTransport({ kind: 'udp', host: 'agent', port: 6831 }),
    createTransport({ kind: 'file', path: '/var/log/spans.jsonl' }),
    createTransport({ kind: 'file', path: undefined }),
    createTransport({
      kind: 'failover',
      targets: [
        { kind: 'http', url: 'http://a:b@j1/api/traces', ...rest },
        { kind: 'http', url: 'http://localhost/api/traces', socketPath: '/run/j2.sock', ...rest },
      ],
    }),
  ].map((transport) => closing(t, transport).target);
  assert.deepEqual(targets, [
    'http://jaeger:14268/api/traces',
    'http://collector:4317',
    'udp://agent:6831',
    '/var/log/spans.jsonl',
    'stdout',
    'http://j1/api/traces or unix:/run/j2.sock/api/traces',
  ]);
});
