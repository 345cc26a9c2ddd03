/** Where every ended span is now: `ended` = `delivered` + `spooled` + the sum of `dropped` + what is still held in memory. */
export interface RuntimeStats {
  readonly ended: number;
  readonly delivered: number;
  /** On disk, and not sent since; see `TRACING_SPOOL_DIR`. */
  readonly spooled: number;
  /** Spans that other processes or earlier ones had kept on disk, delivered from here; not part of `ended`. */
  readonly replayed: number;
  /** Files of the spool that were damaged or refused. */
  readonly setAside: number;
  /** Spans given up, by reason; a reason without a span is absent. */
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * What a running preload puts at `globalThis[Symbol.for('otel-preload.runtime')]`.
 *
 * The preload and the helper are two entries of one package and may even be two copies of it, so they meet at a global
 * symbol and not at a module's variable.
 */
export interface Runtime {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
  stats(): RuntimeStats;
}

export const RUNTIME: unique symbol = Symbol.for('otel-preload.runtime') as never;

const shutdowns = new WeakMap<Runtime, Promise<void>>();

/** @returns the preload that runs in this process, or undefined where none was started */
export function findRuntime(): Runtime | undefined {
  return (globalThis as { [RUNTIME]?: Runtime })[RUNTIME];
}

/**
 * Sends every span that has ended so far; tracing goes on.
 *
 * Nobody has to call it: batches leave by themselves, at the end of the process too. It is for a moment that the app
 * knows to be its last, such as a serverless freeze.
 *
 * @returns resolves when the spans are delivered, spooled or counted as dropped, at the latest after the flush deadline
 *   (default 1000 ms); at once without a preload; never rejects
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#forceflush
 */
export async function forceFlush(): Promise<void> {
  await quietly(() => findRuntime()?.forceFlush());
}

/**
 * Reads the ledger: what became of every span that has ended so far, over all exporters; a span that goes to two of them
 * counts twice.
 *
 * In the main thread it counts what worker threads have handed over to it, too. In a worker thread it counts that
 * thread's spans, and those that it has handed over as delivered.
 *
 * @returns a reading that does not change any more; undefined without a preload
 */
export function stats(): RuntimeStats | undefined {
  return findRuntime()?.stats();
}

/**
 * Sends every span that has ended so far and stops tracing; the counterpart of a Go service's `exitTracing()`.
 *
 * Nobody has to call it, see {@link forceFlush}. Calling it twice is calling it once.
 *
 * @returns as {@link forceFlush} does
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#shutdown
 */
export async function shutdown(): Promise<void> {
  const runtime = findRuntime();
  if (runtime === undefined) return;
  let done = shutdowns.get(runtime);
  if (done === undefined) {
    done = quietly(() => runtime.shutdown());
    shutdowns.set(runtime, done);
  }
  await done;
}

/** The runtime tells its troubles itself, on stderr; an app that ends must not fail by them. */
async function quietly(work: () => Promise<void> | undefined): Promise<void> {
  try {
    await work();
  } catch {
    // said by the runtime
  }
}
