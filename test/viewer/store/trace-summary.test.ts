import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToSummary, emptySummary, type TraceSummary } from '../../../src/viewer/store/trace-summary.ts';
import { toStoredSpan } from '../../../src/viewer/store/stored-span.ts';
import type { Span } from '../../../src/viewer/span.ts';
import { aSpan, service } from '../support.ts';

function summaryOf(...spans: Partial<Span>[]): TraceSummary {
  const summary = emptySummary('a');
  for (const given of spans) {
    const span = aSpan(given);
    addToSummary(summary, toStoredSpan(span, { ...span.process, json: '' }, span.operationName));
  }
  return summary;
}

test('from the first start to the last end, with errors and services counted', () => {
  const summary = summaryOf(
    { startUs: 100, durationNs: 5500 },
    { startUs: 90, durationNs: 1000, isError: true, process: service('b') },
    { startUs: 99, durationNs: 1000 },
  );
  assert.deepEqual([summary.startUs, summary.endUs, summary.spanCount, summary.errorCount], [90, 105.5, 3, 1]);
  assert.deepEqual({ ...summary.services }, { gateway: 2, b: 1 });
});

test('the root names the trace whenever it comes; until then the earliest span does', () => {
  const child = { parentSpanId: 'a', operationName: 'child', startUs: 10 };
  const earlier = { parentSpanId: 'b', operationName: 'earlier', startUs: 5 };
  const root = { operationName: 'root', startUs: 7 };
  assert.equal(summaryOf(child, earlier).root.operationName, 'earlier');
  assert.equal(summaryOf(child, earlier, root).root.operationName, 'root');
  assert.equal(summaryOf(root, child, earlier).root.operationName, 'root');
  assert.equal(summaryOf(root, { operationName: 'first', startUs: 6 }).root.operationName, 'first');
});

test('services with names of object parts are services', () => {
  const { services } = summaryOf({ process: service('__proto__') }, { process: service('constructor') });
  assert.deepEqual(Object.entries(services), [
    ['__proto__', 1],
    ['constructor', 1],
  ]);
});
