import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequestHeaders, withHeaders } from '../../../src/instrument/http/request-headers.ts';

test('the user agent is found in any spelling; so is an expectation, which makes the head final', () => {
  assert.deepEqual(readRequestHeaders({ 'USER-agent': 'x', accept: '*/*' }), { userAgent: 'x', isFinal: false });
  assert.deepEqual(readRequestHeaders({ EXPECT: '100-continue' }), { userAgent: undefined, isFinal: true });
});

test('a list is final; nothing is nothing', () => {
  assert.equal(readRequestHeaders(['a', 'b']).isFinal, true);
  for (const headers of [undefined, null, 'text', 1]) {
    assert.deepEqual(readRequestHeaders(headers), { userAgent: undefined, isFinal: false });
  }
});

test('headers are added in each of 3 forms, and what the app gave stays as it is', () => {
  const more = { traceparent: '00', tracestate: 'a=b' };
  for (const [given, wanted] of [
    [{ a: 'b' }, { a: 'b', ...more }],
    [
      ['a', 'b'],
      ['a', 'b', 'traceparent', '00', 'tracestate', 'a=b'],
    ],
    [
      [['a', 'b']],
      [
        ['a', 'b'],
        ['traceparent', '00'],
        ['tracestate', 'a=b'],
      ],
    ],
    [[], ['traceparent', '00', 'tracestate', 'a=b']],
  ] as const) {
    const before = structuredClone(given);
    assert.deepEqual(withHeaders(given, more), wanted);
    assert.deepEqual(given, before);
  }
});
