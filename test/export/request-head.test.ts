import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOfHeader, requestHead } from '../../src/export/request-head.ts';

test('a line for the request and one for each header, of which the last counts', () => {
  const head = requestHead('POST', '/v1/traces?a=b', { Host: 'h:1', 'x-a': 'one', 'X-A': 'two \u00ff' });
  assert.equal(head, 'POST /v1/traces?a=b HTTP/1.1\r\nhost: h:1\r\nx-a: two \u00ff\r\n');
});

test('what would end a header, or is more than a byte, is refused, and told from other errors', () => {
  for (const value of ['a\nb', 'a\rb', 'a\0', '\u0100']) {
    assert.throws(() => requestHead('POST', '/', { a: value }), isOfHeader);
    assert.throws(() => requestHead('POST', '/', { a: value }), { code: 'ERR_INVALID_CHAR' });
  }
  for (const name of ['', 'a b', 'a:', 'a\n', '\u00ff']) {
    assert.throws(() => requestHead('POST', '/', { [name]: 'a' }), isOfHeader);
    assert.throws(() => requestHead('POST', '/', { [name]: 'a' }), { code: 'ERR_INVALID_HTTP_TOKEN' });
  }
  assert.ok(!isOfHeader(Object.assign(new Error('x'), { code: 'ECONNRESET' })));
  assert.ok(!isOfHeader(new Error('x')));
});
