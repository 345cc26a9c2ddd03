import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HrTime } from '@opentelemetry/api';
import * as fc from 'fast-check';
import { nanosHigh, nanosLow, nanosOf, secondsOf, toMicros, toNanosText } from '../../src/wire/hr-time.ts';

const anySeconds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyNanos = fc.integer({ min: 0, max: 999_999_999 });

test('any time up to 2106 keeps every nanosecond', () => {
  fc.assert(
    fc.property(anySeconds, anyNanos, (seconds, nanos) => {
      const exact = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
      const time: HrTime = [seconds, nanos];
      assert.equal((BigInt(nanosHigh(seconds, nanos)) << 32n) | BigInt(nanosLow(seconds, nanos)), exact);
      assert.equal(toNanosText(time), String(exact));
      assert.equal(BigInt(toMicros(time)), exact / 1000n);
    }),
    { numRuns: 1000 },
  );
});

test('nanoseconds of more than a second are carried', () => {
  assert.equal(toNanosText([1, 2_500_000_000]), '3500000000');
  assert.equal(toMicros([1, 2_500_000_000]), 3_500_000);
});

for (const time of [
  [-1, -1],
  [Number.NaN, Number.NaN],
  [Infinity, 0],
  [0, 1e300],
  [-5, 3],
] as const) {
  test(`[${time.join(', ')}], which is no time, is 0`, () => {
    assert.equal(secondsOf([...time]), 0);
    assert.equal(nanosOf([...time]) < 1e9, true);
    assert.equal(toMicros([...time]) < 1e6, true);
    assert.match(toNanosText([...time]), /^\d{1,9}$/);
  });
}
