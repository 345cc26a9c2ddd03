import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTraces } from '../../../src/viewer/query/find-traces.ts';
import { aSpan, idOf, storeOf } from '../support.ts';

test('from the newest on, those that match; a long look lets others have their turn', async () => {
  const store = storeOf(Array.from({ length: 40 }, (_, n) => aSpan({ traceId: idOf(n, 32), startUs: n })));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const found: number[] = [];
  const slowly = (startUs: number): boolean => {
    const untilMs = performance.now() + 2;
    while (performance.now() < untilMs);
    return startUs % 10 === 0;
  };
  for await (const { summary } of findTraces(store, (one) => slowly(one.summary.startUs))) found.push(summary.startUs);
  clearInterval(timer);
  assert.deepEqual(found, [30, 20, 10, 0]);
  assert.ok(turns >= 3, `${turns} turns in 80 ms`);
});
