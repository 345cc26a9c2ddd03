/** Node.js fires a longer timer at once, and warns. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What a timer is set to, so that it fires at `deadlineMs` on the `performance.now()` clock. */
export function msUntil(deadlineMs: number): number {
  return Math.min(MAX_TIMER_MS, Math.max(0, deadlineMs - performance.now()));
}
