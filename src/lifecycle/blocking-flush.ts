import { loadBuiltin } from '../core/builtin.ts';
import { FlushProgress, type FlushResult } from './flush-progress.ts';

/** One target's rest, as plain data that can cross to another thread. */
export interface FlushJob {
  readonly transport: unknown;
  readonly payloads: readonly { readonly body: Uint8Array; readonly contentType: string; readonly spans: number }[];
}

/** What the flush worker finds in `workerData`. */
export interface FlushWorkerData {
  readonly jobs: readonly FlushJob[];
  /** See `FlushProgress`. */
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
 * @returns for each job what became of it
 */
export function flushBlocking(workerFile: string, jobs: readonly FlushJob[], timeoutMs: number): FlushResult[] {
  const progress = new FlushProgress(jobs.map(({ payloads }) => payloads.length));
  const workerData: FlushWorkerData = { jobs, progress: progress.shared, timeoutMs };
  try {
    const { Worker } = loadBuiltin('node:worker_threads');
    new Worker(workerFile, { workerData, execArgv: [], env: {}, stdout: true, stderr: true }).unref();
    progress.wait(timeoutMs);
  } catch (error) {
    for (const job of jobs.keys()) progress.standsAt(job, `no thread could be started: ${String(error)}`);
  }
  return jobs.map((_, job) => progress.result(job));
}
