import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY_SPAN, traceMatches, type SpanQuery } from '../../../src/viewer/query/match.ts';
import type { Span } from '../../../src/viewer/span.ts';
import { aSpan, idOf, service, storeOf } from '../support.ts';

/** A trace of two spans: what is asked for must be true of one and the same. */
const [trace] = storeOf([
  aSpan({ spanId: idOf(1), startUs: 1000, durationNs: 5_000_000, isError: true }),
  aSpan({
    spanId: idOf(2),
    process: service('db', [{ key: 'pid', type: 'int64', value: 7 }]),
    operationName: 'SELECT',
    startUs: 2000,
    durationNs: 1_000_000,
    tags: [
      { key: 'a"b', type: 'string', value: 'quoted' },
      { key: 'rows', type: 'int64', value: 3 },
    ],
    logs: [{ timestamp: 1, fields: [{ key: 'event', type: 'string', value: 'found' }] }],
  }),
]).newest();

function matches(query: Partial<Omit<SpanQuery, 'tags'>> & { tags?: Record<string, string> }): boolean {
  assert.ok(trace);
  return traceMatches(trace, { ...ANY_SPAN, ...query, tags: new Map(Object.entries(query.tags ?? {})) });
}

test('nothing asked for is always there', () => {
  assert.ok(matches({}));
});

test('service, operation, times and durations are of one span', () => {
  assert.ok(matches({ serviceName: 'db', operationName: 'SELECT' }));
  assert.ok(!matches({ serviceName: 'gateway', operationName: 'SELECT' }));
  assert.ok(!matches({ serviceName: 'nobody' }));
  assert.ok(matches({ serviceName: 'db', maxDurationNs: 1_000_000, minDurationNs: 1_000_000 }));
  assert.ok(!matches({ serviceName: 'db', minDurationNs: 1_000_001 }));
  assert.ok(!matches({ minDurationNs: 5_000_001 }));
  assert.ok(matches({ serviceName: 'db', startUs: 2000, endUs: 2000 }));
  assert.ok(!matches({ serviceName: 'db', startUs: 2001 }));
  assert.ok(!matches({ startUs: 7000 }));
});

test('tags are compared as text, in the span, its logs and its process', () => {
  assert.ok(matches({ tags: { 'a"b': 'quoted', rows: '3', event: 'found', pid: '7', 'service.name': 'db' } }));
  assert.ok(!matches({ tags: { rows: '30' } }));
  assert.ok(!matches({ tags: { rows: '3', namespace: 'dev' } }), 'of two spans');
  // the word is in the text, but is no key
  assert.ok(!matches({ tags: { quoted: 'quoted' } }));
});

test('error is what the span shows, whatever was sent', () => {
  assert.ok(matches({ tags: { error: 'true' } }));
  assert.ok(matches({ serviceName: 'gateway', tags: { error: 'true' } }));
  assert.ok(!matches({ serviceName: 'db', tags: { error: 'true' } }));
  assert.ok(matches({ serviceName: 'db', tags: { error: 'false' } }));
  const [fine] = storeOf([aSpan({ isError: false } satisfies Partial<Span>)]).newest();
  assert.ok(fine && !traceMatches(fine, { ...ANY_SPAN, tags: new Map([['error', 'true']]) }));
});
