import { loadBuiltin } from '../core/builtin.ts';

/** One target's rest, as plain data that can cross to another thread. */
export interface FlushJob {
  readonly transport: unknown;
  readonly payloads: readonly { readonly body: Uint8Array; readonly contentType: string; readonly spans: number }[];
}

/** What the flush worker finds in `workerData`. */
export interface FlushWorkerData {
  readonly jobs: readonly FlushJob[];
  /** Int32: [0] becomes 1 when all is done; [1 + i] counts the payloads of job i that were delivered, in order. */
  readonly progress: SharedArrayBuffer;
  readonly timeoutMs: number;
}

/**
 * Sends what is left from a worker thread while this thread waits for it, because at `process.exit()` and after a crash
 * its own event loop never turns again.
 *
 * The worker gets none of the process's flags, so that it does not preload us again.
 *
 * @param timeoutMs the most that this thread waits
 * @returns per job, how many of its payloads, from the first, were delivered; none where no thread can be started
 */
export function flushBlocking(workerFile: string, jobs: readonly FlushJob[], timeoutMs: number): number[] {
  const progress = new SharedArrayBuffer(4 * (1 + jobs.length));
  const view = new Int32Array(progress);
  const workerData: FlushWorkerData = { jobs, progress, timeoutMs };
  try {
    const { Worker } = loadBuiltin('node:worker_threads');
    new Worker(workerFile, { workerData, execArgv: [], env: {}, stdout: true, stderr: true }).unref();
    Atomics.wait(view, 0, 0, timeoutMs);
  } catch {
    // Nothing was sent, and the ledger will say so; the process is ending for a reason of its own.
  }
  return jobs.map((_, index) => Atomics.load(view, index + 1));
}
