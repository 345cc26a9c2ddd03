import assert from 'node:assert/strict';
import { test } from 'node:test';
import { msUntil } from '../../src/core/deadline.ts';

test('a deadline that has passed is 0 ms away, one without end the longest that a timer takes', () => {
  assert.equal(msUntil(performance.now() - 1), 0);
  assert.equal(msUntil(Infinity), 2 ** 31 - 1);
  assert.equal(msUntil(performance.now() + 2 ** 40), 2 ** 31 - 1);
  const ms = msUntil(performance.now() + 5000);
  assert.ok(ms > 0 && ms <= 5000);
});
