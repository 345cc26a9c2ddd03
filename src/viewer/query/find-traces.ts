import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TraceStore } from '../store/trace-store.ts';
import type { StoredTrace } from '../store/trace-table.ts';

const TURN_MS = 10;

/**
 * Looks through the traces from the newest on. A long look gives way to others every 10 ms, so that receiving goes on.
 *
 * @param matches whether a trace is wanted
 */
export async function* findTraces(
  store: TraceStore,
  matches: (trace: StoredTrace) => boolean,
): AsyncGenerator<StoredTrace, void, void> {
  let turnMs = performance.now();
  for (const trace of store.newest()) {
    if (matches(trace)) yield trace;
    if (performance.now() - turnMs < TURN_MS) continue;
    await nextTurn();
    turnMs = performance.now();
  }
}
