import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listMatches, parseListQuery, toRow } from '../../../src/viewer/query/list-query.ts';
import { ParameterError } from '../../../src/viewer/query/parameters.ts';
import { aSpan, idOf, service, storeOf } from '../support.ts';

const [trace] = storeOf([
  aSpan({ spanId: idOf(1), startUs: 1_000_000, durationNs: 5e6 }),
  aSpan({
    spanId: idOf(2),
    parentSpanId: idOf(1),
    process: service('db', [{ key: 'address', type: 'string', value: '10.0.0.1:5432' }]),
    operationName: 'SELECT Users',
    isError: true,
    startUs: 1_002_000,
    durationNs: 4e6,
    tags: [{ key: 'db.query.text', type: 'string', value: 'SELECT "name" FROM users' }],
  }),
]).newest();

function matches(text: string): boolean {
  assert.ok(trace);
  return listMatches(trace, parseListQuery(new URLSearchParams(text)));
}

test('durations and errors are those of the trace', () => {
  assert.ok(matches('min=6ms&max=6ms'));
  assert.ok(matches('min=6&max=6'), 'without a unit they are ms');
  assert.ok(!matches('min=6.1ms'));
  assert.ok(!matches('max=5.9 ms'));
  assert.ok(matches('errors=1'));
  assert.ok(!matches('service=gateway&operation=SELECT%20Users'));
});

test('times are those at which a trace begins', () => {
  assert.ok(matches('start=1000000&end=1000000'));
  assert.ok(!matches('start=1000001'));
  assert.ok(!matches('end=999999'));
});

test('each word is somewhere in the trace, in any case; a tag is one of a span', () => {
  for (const q of [
    '',
    'select',
    'USERS get',
    '10.0.0.1:5432',
    '3ddb641b',
    '"FROM users"',
    'address=10.0.0.1:5432',
    '"db.query.text=SELECT "',
  ]) {
    assert.equal(matches(`q=${encodeURIComponent(q)}`), !q.startsWith('"db.'), q);
  }
  assert.ok(!matches('q=nowhere'));
  assert.ok(!matches('q=select+nowhere'));
  assert.ok(matches(`service=db&q=${encodeURIComponent('address=10.0.0.1:5432')}`));
  assert.ok(!matches(`service=gateway&q=${encodeURIComponent('address=10.0.0.1:5432')}`));
});

test('a word with a quote in it is found as it stands in the span', () => {
  const [quoted] = storeOf([aSpan({ tags: [{ key: 'k', type: 'string', value: 'back\\slash' }] })]).newest();
  assert.ok(quoted && listMatches(quoted, parseListQuery(new URLSearchParams({ q: 'k\\s' }))));
});

test('a duration that is none is an error that says what one is', () => {
  assert.throws(
    () => matches('min=fast'),
    (error) => {
      return error instanceof ParameterError && /min is a duration such as 100ms, got "fast"/.test(error.message);
    },
  );
});

test('a row has what the list shows', () => {
  assert.ok(trace);
  assert.deepEqual(toRow(trace), [
    aSpan().traceId,
    1_000_000,
    6000,
    2,
    1,
    'gateway',
    'GET /users/:id',
    ['gateway', 'db'],
  ]);
});
