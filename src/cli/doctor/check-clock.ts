import { fail, ok, warn, type Finding } from './finding.ts';

const CHECK = 'clock.skew';
/** The answer's date has whole seconds, and was on its way. */
const NOTICED_MS = 5_000;
/** Who looks for the traces of the last minutes does not find them. */
const BAD_MS = 60_000;
const MINUTE_MS = 60_000;

/** @param skewMs how far the collector's clock is ahead of ours */
export function checkClock(skewMs: number): Finding {
  if (Math.abs(skewMs) < NOTICED_MS) return ok(CHECK, "the collector's clock and this one agree, to a few seconds");
  const amount =
    Math.abs(skewMs) < BAD_MS
      ? `${Math.round(Math.abs(skewMs) / 1000)} s`
      : `${Math.round(Math.abs(skewMs) / MINUTE_MS)} min`;
  const why = `this clock is ${amount} ${skewMs > 0 ? 'behind' : 'ahead of'} the collector's`;
  const fix = 'traces show at the wrong time; have both machines keep time (NTP)';
  return Math.abs(skewMs) < BAD_MS ? warn(CHECK, why, fix) : fail(CHECK, why, fix);
}
