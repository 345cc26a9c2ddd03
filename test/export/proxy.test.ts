import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyHeaders, tlsOf } from '../../src/export/proxy.ts';

test('a proxy is told who asks, where that is configured', () => {
  assert.deepEqual(proxyHeaders({ url: 'http://p', authorization: 'Basic abc' }), {
    'proxy-authorization': 'Basic abc',
  });
  assert.deepEqual(proxyHeaders({ url: 'http://p' }), {});
  assert.deepEqual(proxyHeaders(), {});
});

test('only a proxy of https is spoken to by TLS, with its own name', () => {
  assert.deepEqual(tlsOf(new URL('https://p.example:1')), { servername: 'p.example', ALPNProtocols: ['http/1.1'] });
  assert.equal(tlsOf(new URL('http://p.example')), undefined);
});
