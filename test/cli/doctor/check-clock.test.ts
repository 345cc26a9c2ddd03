import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkClock } from '../../../src/cli/doctor/check-clock.ts';

test('less than 5 s is nothing, less than a minute a warning, more a failure, in both directions', () => {
  const said = (skewMs: number): string => {
    const { status, reason } = checkClock(skewMs);
    return `${status} ${reason}`;
  };
  assert.match(said(-4_999), /^ok /);
  assert.equal(said(5_000), "warn this clock is 5 s behind the collector's");
  assert.equal(said(-59_400), "warn this clock is 59 s ahead of the collector's");
  assert.equal(said(60_000), "fail this clock is 1 min behind the collector's");
  assert.equal(said(-600_000), "fail this clock is 10 min ahead of the collector's");
});
