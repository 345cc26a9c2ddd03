import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorityOf, serverNameOf, targetOf } from '../../src/export/authority.ts';

test('the port that a URL leaves out is that of its scheme', () => {
  const authorities = ['http://h/', 'https://h', 'https://h:8443/p', 'http://[::1]:1/'].map((url) =>
    authorityOf(new URL(url)),
  );
  assert.deepEqual(authorities, ['h:80', 'h:443', 'h:8443', '[::1]:1']);
});

test('TLS asks for names and not for addresses', () => {
  const names = ['https://jaeger.test:1/', 'https://127.0.0.1/', 'https://[::1]:1/'].map((url) =>
    serverNameOf(new URL(url)),
  );
  assert.deepEqual(names, ['jaeger.test', '', '']);
});

test('a target is called by its address, without credentials and query, or by its socket', () => {
  const url = new URL('http://user:S3cret@h:1/api/traces?token=S3cret');
  assert.equal(targetOf({}, url), 'http://h:1/api/traces');
  assert.equal(targetOf({ socketPath: '/run/j.sock' }, url), 'unix:/run/j.sock/api/traces');
});
