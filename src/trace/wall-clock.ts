import type { Performance } from 'node:perf_hooks';
import type { HrTime } from '@opentelemetry/api';
import { loadBuiltin } from '../core/builtin.ts';

export interface ClockSources {
  /** Milliseconds that never go back, with their fractions. */
  readonly monotonicMs: () => number;
  /** Whole milliseconds since 1970. */
  readonly wallMs: () => number;
  /** What `monotonicMs` started at, in milliseconds since 1970, with its fraction. */
  readonly originMs: number;
}

/** The real one, whatever a test puts in its place; and to look for a global takes as long as the reading itself. */
class SystemClock implements ClockSources {
  #performance: Performance | undefined;

  monotonicMs(): number {
    // not before it is needed: it takes 1.4 ms to load
    this.#performance ??= loadBuiltin('node:perf_hooks').performance;
    return this.#performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  get originMs(): number {
    return (this.#performance ?? performance).timeOrigin;
  }
}

/** Less than the wall clock drifts off in it, and often enough after the machine was suspended. */
const CHECK_MS = 10;
/** A wall clock that was set by more than this is followed inside a trace too. */
const STEP_MICROS = 1_000_000;

/**
 * Wall time in microseconds for one reading of the monotonic clock.
 *
 * `Date.now()` cuts off up to a millisecond, and a child in another process then starts before its parent. The monotonic
 * clock is as fine as is wanted and knows when it started, but not that the wall clock was set since, and it stands still
 * while the machine is suspended. So the distance between the two is kept here, and looked at again when a span
 * starts and the last look is 10 ms old: each look says to within a millisecond what it can be, and it moves only as far
 * as it must. So it is never a millisecond off, and most of the time right to the microsecond.
 */
export class WallClock {
  readonly #sources: ClockSources;
  /** Known from the first {@link startMs} on. */
  #offsetMicros = Number.NaN;
  #checkedMs = -Infinity;

  constructor(sources: ClockSources = new SystemClock()) {
    this.#sources = sources;
  }

  /** The monotonic clock, in milliseconds. */
  nowMs(): number {
    return this.#sources.monotonicMs();
  }

  /** The same, for a span that starts: {@link offsetMicros} is fit for it. */
  startMs(): number {
    const nowMs = this.#sources.monotonicMs();
    if (nowMs - this.#checkedMs >= CHECK_MS) this.#check(nowMs);
    return nowMs;
  }

  /**
   * What is to be added to the monotonic clock.
   *
   * @param parentMicros that of the local parent, which its children keep: they must not start before it, nor end after
   *   it, because the wall clock was corrected in between
   */
  offsetMicros(parentMicros?: number): number {
    const offset = this.#offsetMicros;
    return parentMicros !== undefined && Math.abs(parentMicros - offset) < STEP_MICROS ? parentMicros : offset;
  }

  /** The wall clock was read after `beforeMs` and before `afterMs`, and shows whole milliseconds: that bounds it. */
  #check(beforeMs: number): void {
    const sources = this.#sources;
    const wallMs = sources.wallMs();
    const afterMs = sources.monotonicMs();
    const least = Math.ceil((wallMs - afterMs) * 1000);
    const most = Math.floor((wallMs + 1 - beforeMs) * 1000);
    const before = this.#checkedMs === -Infinity ? Math.round(sources.originMs * 1000) : this.#offsetMicros;
    this.#offsetMicros = Math.min(Math.max(before, least), most);
    this.#checkedMs = afterMs;
  }
}

/** What the monotonic clock showed, as wall time. */
export function toHrTime(offsetMicros: number, monotonicMs: number): HrTime {
  const seconds = wallSeconds(offsetMicros, monotonicMs);
  return [seconds, wallNanos(offsetMicros, monotonicMs, seconds)];
}

/** The whole seconds of it. */
export function wallSeconds(offsetMicros: number, monotonicMs: number): number {
  return Math.floor((offsetMicros + Math.floor(Math.round(monotonicMs * 1e6) / 1000)) / 1e6);
}

/** The nanoseconds over {@link wallSeconds}. */
export function wallNanos(offsetMicros: number, monotonicMs: number, seconds: number): number {
  const monotonicNanos = Math.round(monotonicMs * 1e6);
  const wholeMicros = Math.floor(monotonicNanos / 1000);
  return (offsetMicros + wholeMicros - seconds * 1e6) * 1000 + (monotonicNanos - wholeMicros * 1000);
}

/** The time between two readings of the monotonic clock; as many nanoseconds as their wall times lie apart. */
export function toDuration(startMs: number, endMs: number): HrTime {
  const nanos = Math.round(endMs * 1e6) - Math.round(startMs * 1e6);
  const seconds = Math.floor(nanos / 1e9);
  return [seconds, nanos - seconds * 1e9];
}
