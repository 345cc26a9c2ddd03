import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toDuration, toHrTime, WallClock } from '../../src/trace/wall-clock.ts';

const ORIGIN_MS = 1_795_367_141_837.25;

/** A machine whose two clocks go as the test says; `wallMicros` is the true time. */
function machine() {
  const now = { monotonicMs: 5, wallMicros: ORIGIN_MS * 1000 + 5000, reads: 0 };
  const clock = new WallClock({
    monotonicMs: () => now.monotonicMs,
    wallMs: () => {
      now.reads++;
      return Math.floor(now.wallMicros / 1000);
    },
    originMs: ORIGIN_MS,
  });
  const pass = (ms: number, wallDriftMicros = 0): void => {
    now.monotonicMs += ms;
    now.wallMicros += ms * 1000 + wallDriftMicros;
  };
  const errorMicros = (): number => {
    const startMs = clock.startMs();
    return clock.offsetMicros() + startMs * 1000 - now.wallMicros;
  };
  return { now, clock, pass, errorMicros };
}

test('the time is right to the microsecond where the wall clock was not set since the process started', () => {
  const { clock, pass, errorMicros } = machine();
  for (let hour = 0; hour < 5; hour++) {
    assert.equal(errorMicros(), 0);
    pass(3_600_000);
  }
  assert.deepEqual(toHrTime(clock.offsetMicros(), 5), [1_795_367_141, 842_250_000]);
});

test('a wall clock that drifts, is set, or goes on while the machine is suspended is followed to within a millisecond', () => {
  for (const driftMicros of [3, -3, 700, -700, 5_000, -5_000, 3_600_000_000, -3_600_000_000]) {
    const { clock, pass, errorMicros } = machine();
    for (let look = 0; look < 2000; look++) {
      pass(10, driftMicros);
      clock.startMs();
      assert.ok(Math.abs(errorMicros()) <= 1000, `${errorMicros()} µs after ${look} looks, ${driftMicros} µs each`);
    }
  }
});

test('the wall clock is asked every 10 ms at the most', () => {
  const { now, clock, pass } = machine();
  for (let span = 0; span < 1000; span++) {
    pass(0.5);
    clock.startMs();
    clock.nowMs();
  }
  assert.ok(now.reads <= 50, `${now.reads} times in 500 ms`);
  assert.ok(now.reads >= 45, `${now.reads} times in 500 ms`);
});

test('a pause between the two readings moves the time by no more than the pause allows', () => {
  let pauses = 0;
  let nowMs = 1000;
  const clock = new WallClock({
    monotonicMs: () => nowMs,
    wallMs: () => {
      nowMs += 7;
      pauses++;
      return Math.floor(ORIGIN_MS + nowMs);
    },
    originMs: ORIGIN_MS,
  });
  clock.startMs();
  assert.equal(pauses, 1);
  assert.equal(clock.offsetMicros(), ORIGIN_MS * 1000);
});

test('a child keeps its parent’s offset, unless the wall clock was set by a second or more', () => {
  const { clock, pass } = machine();
  clock.startMs();
  const parent = clock.offsetMicros();
  pass(20, 40_000);
  clock.startMs();
  assert.notEqual(clock.offsetMicros(), parent);
  assert.equal(clock.offsetMicros(parent), parent);
  pass(20, 1_100_000);
  clock.startMs();
  assert.equal(clock.offsetMicros(parent), clock.offsetMicros());
});

test('start, end and duration agree to the nanosecond, and times follow each other as they were read', () => {
  const readings = fc.double({ min: 0, max: 4e9, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e15 }), readings, readings, (offsetMicros, one, other) => {
      const [startMs, endMs] = [Math.min(one, other), Math.max(one, other)];
      const start = toHrTime(offsetMicros, startMs);
      const end = toHrTime(offsetMicros, endMs);
      const duration = toDuration(startMs, endMs);
      const nanos = ([seconds, rest]: [number, number]): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);
      assert.equal(nanos(end) - nanos(start), nanos(duration));
      assert.equal(nanos(start), BigInt(offsetMicros) * 1000n + BigInt(Math.round(startMs * 1e6)));
      for (const [seconds, rest] of [start, end, duration]) assert.ok(seconds >= 0 && rest >= 0 && rest < 1e9);
    }),
  );
});

test('the real clock is less than a millisecond off the one that Date.now cuts off', () => {
  const clock = new WallClock();
  for (let at = 0; at < 100; at++) {
    const before = Date.now();
    const startMs = clock.startMs();
    const [seconds, nanos] = toHrTime(clock.offsetMicros(), startMs);
    const after = Date.now();
    const ms = seconds * 1000 + nanos / 1e6;
    assert.ok(ms >= before - 1 && ms <= after + 2, `${ms} is not from ${before} to ${after}`);
  }
});

test('a clock that a test puts in the place of the real one is not read', () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'performance') ?? {};
  const value = { now: () => 0, timeOrigin: 0 };
  // for a moment only: the test runner reads it too
  Object.defineProperty(globalThis, 'performance', { value, configurable: true });
  try {
    const clock = new WallClock();
    assert.ok(clock.startMs() > 0);
    assert.ok(clock.offsetMicros() > 1e15);
  } finally {
    Object.defineProperty(globalThis, 'performance', real);
  }
});
