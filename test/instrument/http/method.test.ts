import assert from 'node:assert/strict';
import { test } from 'node:test';
import { methodNames } from '../../../src/instrument/http/method.ts';

test('the 10 standard methods are known, in any case; others are _OTHER', () => {
  const nameOf = methodNames();
  for (const name of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']) {
    assert.equal(nameOf(name), name);
    assert.equal(nameOf(name.toLowerCase()), name);
  }
  assert.equal(nameOf('PROPFIND'), '_OTHER');
  assert.equal(nameOf(''), '_OTHER');
});

test('configured methods take the place of the standard ones', () => {
  const nameOf = methodNames(['GET', 'PURGE', 'x-Custom']);
  assert.deepEqual(['GET', 'PURGE', 'x-Custom', 'POST'].map(nameOf), ['GET', 'PURGE', 'x-Custom', '_OTHER']);
});
