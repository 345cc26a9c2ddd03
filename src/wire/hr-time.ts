import type { HrTime } from '@opentelemetry/api';

const NANOS_A_SECOND = 1e9;
const TWO_32 = 2 ** 32;
/** 1e9 = 5^9 · 2^9: seconds times 5^9 stay exact in a double up to 2^32 seconds, and the shift by 9 bits is exact. */
const FIVE_9 = 5 ** 9;
const TWO_23 = 2 ** 23;
/** `&` takes the lower bits of any exact integer; `%` would say the same more slowly. */
const LOWER_23 = TWO_23 - 1;

/** Whole microseconds; exact up to the year 2255. */
export function toMicros(time: HrTime): number {
  return secondsOf(time) * 1e6 + Math.floor(nanosOf(time) / 1000);
}

/**
 * The upper 32 bits of a time in nanoseconds, which is more than a double holds.
 *
 * @param seconds whole, in 0..2^32-1
 * @param nanos whole, less than a second
 */
export function nanosHigh(seconds: number, nanos: number): number {
  const scaled = seconds * FIVE_9;
  const carry = (scaled & LOWER_23) * 512 + nanos >= TWO_32 ? 1 : 0;
  return (Math.floor(scaled / TWO_23) + carry) >>> 0;
}

/** The lower 32 bits of the time in nanoseconds. */
export function nanosLow(seconds: number, nanos: number): number {
  return (((seconds * FIVE_9) & LOWER_23) * 512 + nanos) >>> 0;
}

/** The time in nanoseconds as decimal digits. */
export function toNanosText(time: HrTime): string {
  const whole = secondsOf(time);
  const rest = nanosOf(time);
  return whole === 0 ? String(rest) : whole + String(rest).padStart(9, '0');
}

/** Times before 1970 and what is no time at all count as 0: neither format has room for them. */
export function secondsOf(time: HrTime): number {
  // `[whole, rest]: HrTime` would walk an iterator
  const whole = time[0];
  const rest = time[1];
  const carried = rest >= NANOS_A_SECOND ? Math.floor(rest / NANOS_A_SECOND) : 0;
  const sum = Math.floor(whole) + carried;
  return sum >= 0 && sum < TWO_32 ? sum : 0;
}

export function nanosOf(time: HrTime): number {
  const rest = time[1];
  if (!(time[0] >= 0 && rest >= 0)) return 0;
  const floored = Math.floor(rest);
  return floored < NANOS_A_SECOND ? floored : floored % NANOS_A_SECOND;
}
