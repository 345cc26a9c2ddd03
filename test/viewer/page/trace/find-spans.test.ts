import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSpans } from '../../../../src/viewer/page/trace/find-spans.ts';
import { idsOf, traceOf } from './traces.ts';

const trace = traceOf(
  ['alpha', '', 0, 10, { tags: [{ key: 'http.route', type: 'string', value: '/Users/:id' }] }],
  ['beta', 'alpha', 1, 2, { logs: [{ timestamp: 1, fields: [{ key: 'event', type: 'string', value: 'Found it' }] }] }],
  ['gamma', 'alpha', 3, 4, { operationName: 'SELECT users' }],
);
const found = (query: string): string => idsOf(findSpans(trace, query));

test('words are found in ids, services, operations, tags and logs, in any case', () => {
  assert.equal(found('users'), 'alpha gamma');
  assert.equal(found('USERS select'), 'gamma');
  assert.equal(found('http.route=/users'), 'alpha');
  assert.equal(found('event=found'), 'beta');
  assert.equal(found('beta'), 'beta');
  assert.equal(found('nowhere'), '');
});

test('nothing asked for finds nothing', () => {
  assert.deepEqual([found(''), found('  ')], ['', '']);
});
