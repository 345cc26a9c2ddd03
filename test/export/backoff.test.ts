import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../src/export/backoff.ts';

/** How long the next attempt has to wait, in ms. */
const waitMs = (backoff: Backoff) => backoff.untilMs - performance.now();

function assertNear(actual: number, expected: number): void {
  // ±20 %, and a moment since it was said
  assert.ok(actual <= expected * 1.2 && actual > expected * 0.8 - 100, `${actual} is not about ${expected}`);
}

test('it waits 200 ms, doubling up to 5 s, and begins anew after a success', (t) => {
  t.mock.method(performance, 'now', () => nowMs);
  let nowMs = 1000;
  const backoff = new Backoff();
  assert.deepEqual([backoff.isFailing, backoff.isWaiting], [false, false]);
  for (const expected of [200, 400, 800, 1600, 3200, 5000, 5000]) {
    backoff.failed();
    assertNear(waitMs(backoff), expected);
    assert.deepEqual([backoff.isFailing, backoff.isWaiting], [true, true]);
    nowMs = backoff.untilMs;
    assert.deepEqual([backoff.isFailing, backoff.isWaiting], [true, false]);
  }
  backoff.succeeded();
  assert.equal(backoff.isFailing, false);
  backoff.failed();
  assertNear(waitMs(backoff), 200);
});

test('attempts that fail together are one failure', () => {
  const backoff = new Backoff();
  for (let n = 0; n < 4; n++) backoff.failed();
  assertNear(waitMs(backoff), 200);
});

test('what the target asks for counts where it is longer, and not where it is shorter', () => {
  const backoff = new Backoff();
  backoff.failed(60_000);
  assert.ok(waitMs(backoff) > 59_000);
  const other = new Backoff();
  other.failed(1);
  assertNear(waitMs(other), 200);
});

test('cut short, there is nothing to wait for', () => {
  const backoff = new Backoff();
  backoff.failed(60_000);
  backoff.cutShort();
  assert.deepEqual([backoff.isFailing, backoff.isWaiting], [false, false]);
});
