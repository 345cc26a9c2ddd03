import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScales } from '../../../../src/viewer/page/list/scatter-scales.ts';
import type { TraceRow } from '../../../../src/viewer/page-protocol.ts';

const row = (startUs: number, durationUs: number): TraceRow => ['id', startUs, durationUs, 1, 0, '', '', []];
const T0 = 1_795_367_141_000_000;

test('later is further right, longer is higher, and back again', () => {
  const scales = createScales([row(T0, 1000), row(T0 + 60e6, 100_000)], 800, 120);
  assert.ok(scales.x(T0) >= scales.left && scales.x(T0 + 60e6) <= 800);
  assert.ok(scales.x(T0) < scales.x(T0 + 30e6));
  assert.ok(scales.y(100_000) < scales.y(1000));
  assert.ok(Math.abs(scales.timeAt(scales.x(T0 + 12e6)) - (T0 + 12e6)) < 1000);
  assert.ok(Math.abs(scales.durationAt(scales.y(5000)) - 5000) < 1);
});

test('all ticks are inside, and far enough apart to be read', () => {
  const cases = [
    [row(T0, 1), row(T0 + 3600e6, 10e6)],
    [row(T0, 900), row(T0 + 5e6, 1100)],
    [row(T0, 0)],
    [row(T0, 5), row(T0 + 40 * 86_400e6, 1e9)],
  ];
  for (const rows of cases) {
    for (const width of [320, 1200]) {
      const { durationTicks, timeTicks, left } = createScales(rows, width, 120);
      for (const { y } of durationTicks) assert.ok(y >= 0 && y <= 120);
      for (const { x } of timeTicks) assert.ok(x >= left && x <= width);
      const ys = durationTicks.map(({ y }) => y).sort((a, b) => a - b);
      for (const [n, y] of ys.entries()) assert.ok(n === 0 || y - (ys[n - 1] ?? 0) >= 12, JSON.stringify(ys));
      assert.ok(timeTicks.length <= width / 50, `${timeTicks.length} ticks`);
      assert.ok(
        durationTicks.every(({ label }) => label.length <= 7),
        JSON.stringify(durationTicks),
      );
    }
  }
});

test('nothing has no ticks', () => {
  const { durationTicks, timeTicks } = createScales([], 800, 120);
  assert.deepEqual([durationTicks, timeTicks], [[], []]);
});

test('points of more spans are larger, within limits', () => {
  const { radius } = createScales([], 100, 100);
  assert.ok(radius(1) < radius(100) && radius(1e9) <= 6);
});
