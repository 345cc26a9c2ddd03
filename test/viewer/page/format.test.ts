import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDifference,
  formatDuration,
  formatRate,
  formatShare,
  formatTime,
  plural,
} from '../../../src/viewer/page/format.ts';

test('durations have three digits that count, in the unit that fits', () => {
  const cases: [us: number, text: string][] = [
    [0, '0 µs'],
    [0.4, '400 ns'],
    [1, '1 µs'],
    [417, '417 µs'],
    [999.4, '999 µs'],
    [999.6, '1 ms'],
    [2563, '2.56 ms'],
    [12_345, '12.3 ms'],
    [999_499, '999 ms'],
    [999_500, '1 s'],
    [1_240_000, '1.24 s'],
    [59_999_000, '60 s'],
    [60_000_000, '1 min'],
    [123_000_000, '2 min 3 s'],
    [3_600_000_000, '1 h'],
    [5_460_000_000, '1 h 31 min'],
    [Infinity, '–'],
    [Number.NaN, '–'],
  ];
  for (const [us, text] of cases) assert.equal(formatDuration(us), text, String(us));
});

test('differences have a sign', () => {
  assert.deepEqual([1500, -1500, 0].map(formatDifference), ['+1.5 ms', '−1.5 ms', '±0']);
});

test('counts, shares, bytes and rates', () => {
  assert.equal(formatCount(1_234_567), '1,234,567');
  assert.deepEqual([plural(1, 'span'), plural(2000, 'span')], ['1 span', '2,000 spans']);
  assert.deepEqual([0, 0.0004, 0.034, 0.5, 1, Number.NaN].map(formatShare), [
    '0 %',
    '<0.1 %',
    '3.4 %',
    '50 %',
    '100 %',
    '0 %',
  ]);
  assert.deepEqual([12, 2048, 268_435_456].map(formatBytes), ['12 B', '2 KB', '256 MB']);
  assert.deepEqual(
    [formatRate(10, 1e6), formatRate(25, 10e6), formatRate(3, 60e6), formatRate(5, 0)],
    ['10/s', '2.5/s', '3/min', '5/s'],
  );
});

test('times of today are clock times, others have their day', () => {
  const nowMs = new Date(2026, 10, 22, 12, 0, 0).getTime();
  assert.equal(formatTime((nowMs + 1204) * 1000, nowMs), '12:00:01.204');
  assert.equal(formatTime((nowMs - 86_400_000) * 1000, nowMs), '21 Nov, 12:00:00.000');
  assert.equal(formatTime(1e30, nowMs), '–');
  const age = (seconds: number): string => formatAge((nowMs - seconds * 1000) * 1000, nowMs);
  assert.deepEqual([0, 12, 190, 7200].map(age), ['now', '12 s ago', '3 min ago', '10:00:00']);
});
