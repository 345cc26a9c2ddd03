import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleSegments } from '../../../../src/viewer/page/trace/visible-segments.ts';

test('what is outside is left out, the rest is in order', () => {
  assert.deepEqual(
    visibleSegments(
      [
        [50, 60],
        [10, 20],
        [90, 95],
      ],
      { fromUs: 15, toUs: 80 },
    ),
    [
      [10, 20],
      [50, 60],
    ],
  );
});

test('10 000 parts that a screen could not show apart are few', () => {
  const segments = Array.from({ length: 10_000 }, (_, n): [number, number] => [n * 10, n * 10 + 5]);
  const all = visibleSegments(segments, { fromUs: 0, toUs: 100_000 });
  assert.deepEqual(all, [[0, 99_995]]);
  assert.equal(visibleSegments(segments, { fromUs: 0, toUs: 1000 }).length, 101);
});
