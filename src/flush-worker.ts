/** The thread that sends what is left when the process ends at once; see src/lifecycle/blocking-flush.ts. */
import { workerData } from 'node:worker_threads';
import { createTransport } from './export/create-transport.ts';
import type { TransportConfig } from './export/transport.ts';
import type { FlushJob, FlushWorkerData } from './lifecycle/blocking-flush.ts';
import { FlushProgress } from './lifecycle/flush-progress.ts';

const MAX_IN_FLIGHT = 4;

const { jobs, progress: shared, timeoutMs } = workerData as FlushWorkerData;
const progress = new FlushProgress(
  jobs.map(({ payloads }) => payloads.length),
  shared,
);
const deadlineMs = performance.now() + timeoutMs;

/** One attempt each: who refuses now is not asked again while the app waits to end. */
async function send({ transport: config, payloads }: FlushJob, job: number): Promise<void> {
  const transport = createTransport(config as TransportConfig);
  const waiting = payloads.entries();
  let failed = false;
  /** The last answer that was no good; '' where all were. */
  let trouble = '';

  async function sendOneByOne(): Promise<void> {
    for (const [index, payload] of waiting) {
      const outcome = await transport.send(payload, deadlineMs, () => progress.standsAt(job, 'no answer in time'));
      if (outcome.status === 'delivered') {
        const { spans: rejected, why } = outcome.rejected ?? { spans: 0, why: trouble };
        progress.ended(job, index, 'delivered');
        progress.rejected(job, rejected);
        trouble = why;
      } else {
        if (outcome.status === 'refused') progress.ended(job, index, 'refused');
        else failed = true;
        trouble = outcome.why;
      }
      progress.standsAt(job, trouble);
      if (failed) return;
    }
  }

  progress.standsAt(job, 'no connection in time');
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, sendOneByOne));
  transport.close();
}

// Transports never keep a thread alive; here that is this timer's work.
const keepAlive = setTimeout(() => {}, timeoutMs);
void Promise.allSettled(jobs.map(send)).then(() => {
  clearTimeout(keepAlive);
  progress.done();
});
