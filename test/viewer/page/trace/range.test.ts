import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRange, parseRange } from '../../../../src/viewer/page/trace/range.ts';

test('a range of an address is inside the trace, or it is the whole', () => {
  const whole = { fromUs: 0, toUs: 100 };
  assert.deepEqual(parseRange('10-20', 100), { fromUs: 10, toUs: 20 });
  assert.deepEqual(parseRange('10-900', 100), { fromUs: 10, toUs: 100 });
  for (const text of [null, '', 'x', '20-10', '200-300', '-5-7', '5']) assert.deepEqual(parseRange(text, 100), whole);
  assert.deepEqual(parseRange(null, 0), { fromUs: 0, toUs: 1 });
});

test('two ends of a drag are a range, in either order and at least 1 µs', () => {
  assert.equal(formatRange(20.6, 10.4, 100), '10-21');
  assert.equal(formatRange(10, 10, 100), '10-11');
  assert.equal(formatRange(-50, 30, 100), '0-30');
  assert.equal(formatRange(-50, 500, 100), undefined);
  assert.equal(formatRange(0, 100, 99.5), undefined);
});
