import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { median, slope, spread } from '../../../bench/support/statistics.ts';

test('the median is the middle value, or the mean of both in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([1, 10, 2, 4]), 3);
  assert.ok(Number.isNaN(median([])));
});

test('a spread is the median with the least and the most', () => {
  assert.deepEqual(spread([3, 1, 8]), { median: 3, min: 1, max: 8 });
});

test("the slope of points on a line is the line's, and that of a level is 0", () => {
  assert.equal(
    slope([
      [0, 1],
      [2, 5],
      [4, 9],
    ]),
    2,
  );
  assert.equal(
    slope([
      [0, 7],
      [1, 7],
    ]),
    0,
  );
});
