import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { svg } from '../../../bench/support/svg.ts';

const bars = [
  { label: 'ours', value: { median: 1, min: 0.5, max: 1.5 } },
  { label: 'a<b', value: { median: 2, min: 2, max: 2 } },
];

test('bars are as long as their medians, and whiskers reach from the least to the most', () => {
  const picture = svg([{ title: 'cost', bars }]);
  const widths = [...picture.matchAll(/<rect x="150" y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width));
  assert.deepEqual(widths, [260, 520]);
  assert.match(picture, /<path d="M280 \d+H540/);
});

test('text in a picture is escaped', () => {
  assert.match(svg([{ title: 'a & b', bars }]), />a &amp; b<[\s\S]*>a&lt;b</);
});

test('plots stand below each other', () => {
  const heights = [1, 2].map((count) =>
    Number(/viewBox="0 0 760 (\d+)"/.exec(svg(Array.from({ length: count }, () => ({ title: 't', bars }))))?.[1]),
  );
  assert.equal(heights[1], 2 * (heights[0] ?? NaN));
});

test('a plot without a bar that is longer than 0 has no number that is none', () => {
  const value = { median: 0, min: 0, max: 0 };
  assert.doesNotMatch(svg([{ title: 't', bars: [{ label: 'x', value }] }]), /NaN|Infinity/);
});
