/** The thread that sends what is left when the process ends at once; see src/lifecycle/blocking-flush.ts. */
import { workerData } from 'node:worker_threads';
import { createTransport } from './export/create-transport.ts';
import type { TransportConfig } from './export/transport.ts';
import type { FlushJob, FlushWorkerData } from './lifecycle/blocking-flush.ts';

const { jobs, progress, timeoutMs } = workerData as FlushWorkerData;
const view = new Int32Array(progress);
const deadlineMs = performance.now() + timeoutMs;

/** One attempt each, in order: who refuses now is not asked again while the app waits to end. */
async function send({ transport: config, payloads }: FlushJob, job: number): Promise<void> {
  const transport = createTransport(config as TransportConfig);
  for (const payload of payloads) {
    const outcome = await transport.send(payload, deadlineMs);
    if (outcome.status !== 'delivered') break;
    Atomics.add(view, job + 1, 1);
  }
  transport.close();
}

// Transports never keep a thread alive; here that is this timer's work.
const keepAlive = setTimeout(() => {}, timeoutMs);
void Promise.allSettled(jobs.map(send)).then(() => {
  clearTimeout(keepAlive);
  Atomics.store(view, 0, 1);
  Atomics.notify(view, 0);
});
