import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeTicks } from '../../../../src/viewer/page/trace/time-ticks.ts';

test('ticks are at round times inside the range', () => {
  assert.deepEqual(timeTicks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(timeTicks(130, 1000, 4), [500, 1000]);
  assert.deepEqual(timeTicks(7, 8, 4), [7, 7.5, 8]);
  assert.equal(timeTicks(0, 17_700, 6).length, 4);
});

test('no range, no ticks', () => {
  for (const [from, to, wanted] of [
    [5, 5, 3],
    [0, Number.NaN, 3],
    [0, 10, 0],
  ] as const) {
    assert.deepEqual(timeTicks(from, to, wanted), []);
  }
});
