import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, idsOf, T0, traceOf, type Short } from './traces.ts';

test('parents before children, children by their start, whatever the order of arrival', () => {
  const trace = traceOf(['c', 'a', 20, 30], ['d', 'c', 21, 22], ['a', '', 0, 100], ['b', 'a', 10, 15]);
  assert.equal(idsOf(trace.spans), 'a b c d');
  assert.deepEqual(
    trace.spans.map(({ depth }) => depth),
    [0, 1, 1, 2],
  );
  assert.deepEqual(
    trace.spans.map(({ index, indexEnd }) => [index, indexEnd]),
    [
      [0, 4],
      [1, 2],
      [2, 4],
      [3, 4],
    ],
  );
  assert.deepEqual([trace.startUs, trace.durationUs, trace.depth], [T0, 100, 3]);
});

test('times are from the start of the trace, which need not be that of the root', () => {
  const trace = traceOf(['a', '', 50, 60], ['b', 'a', 40, 90]);
  assert.deepEqual(
    trace.spans.map(({ startUs, endUs }) => [startUs, endUs]),
    [
      [10, 20],
      [0, 50],
    ],
  );
  assert.equal(trace.durationUs, 50);
});

test('self time is what no child was there for, however children overlap or reach out', () => {
  const self = (...children: Short[]): number | undefined =>
    traceOf(['a', '', 0, 100], ...children).byId.get('a')?.selfUs;
  assert.equal(self(), 100);
  assert.equal(self(['b', 'a', 10, 20], ['c', 'a', 30, 40]), 80);
  assert.equal(self(['b', 'a', 10, 50], ['c', 'a', 20, 30], ['d', 'a', 40, 60]), 50);
  assert.equal(self(['b', 'a', -10, 10], ['c', 'a', 90, 300]), 80);
});

test('a span whose parent is not there is a root, and says so', () => {
  const trace = traceOf(['a', '', 0, 10], ['b', 'missing', 5, 6]);
  assert.equal(idsOf(trace.roots), 'a b');
  assert.deepEqual(
    trace.roots.map(({ isOrphan }) => isOrphan),
    [false, true],
  );
});

test('spans that are each other’s parents, or their own, are still shown once', () => {
  assert.equal(idsOf(traceOf(['a', 'b', 0, 10], ['b', 'a', 1, 9]).spans), 'a b');
  assert.equal(idsOf(traceOf(['a', 'a', 0, 10]).spans), 'a');
  const trace = traceOf(['r', '', 0, 1], ['a', 'c', 0, 10], ['b', 'a', 1, 9], ['c', 'b', 2, 8]);
  assert.equal(idsOf(trace.spans), 'r a b c');
});

test('of two spans with one id both are shown, and children belong to the first', () => {
  const trace = traceOf(['a', '', 0, 10], ['a', '', 1, 9], ['b', 'a', 2, 3]);
  assert.equal(trace.spans.length, 3);
  assert.equal(trace.byId.get('a')?.children.length, 1);
});

test('errors are counted, and known above', () => {
  const trace = traceOf(['a', '', 0, 10], ['b', 'a', 1, 9], ['c', 'b', 2, 8, failed], ['d', 'a', 3, 4]);
  assert.equal(trace.errorCount, 1);
  assert.deepEqual(
    trace.spans.map(({ hasErrorBelow, isError }) => [hasErrorBelow, isError]),
    [
      [true, false],
      [true, false],
      [false, true],
      [false, false],
    ],
  );
});

test('10 000 spans in each other are no deeper than a loop', () => {
  const spans = Array.from({ length: 10_000 }, (_, n): Short => [`s${n}`, n === 0 ? '' : `s${n - 1}`, n, 20_000 - n]);
  const trace = traceOf(...spans);
  assert.equal(trace.depth, 10_000);
  assert.equal(trace.spans.at(-1)?.critical.length, 1);
});

test('a trace of nothing has nothing', () => {
  const { spans, durationUs, startUs, services } = traceOf();
  assert.deepEqual([spans, durationUs, startUs, services], [[], 0, 0, []]);
});

test('services are counted, with the time that is theirs alone', () => {
  const { services } = traceOf(['a', '', 0, 100], ['b', 'a', 10, 40], ['a2', 'b', 20, 30]);
  assert.deepEqual(services, [
    { name: 'a', spans: 2, selfUs: 80 },
    { name: 'b', spans: 1, selfUs: 20 },
  ]);
});
