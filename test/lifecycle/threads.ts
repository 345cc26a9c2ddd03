/** Threads of a test: this one as the host, and workers that run a piece of code as its guests. */
import { on } from 'node:events';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ThreadHost } from '../../src/lifecycle/thread-host.ts';

export interface Heard {
  readonly adopted: { readonly exporter: number; readonly text: string; readonly spans: number }[];
  readonly lost: { readonly exporter: number; readonly reason: string; readonly spans: number }[];
  flushes: number;
}

const guestUrl = new URL('../../src/lifecycle/thread-guest.ts', import.meta.url).href;

export function aHost(scheduleDelayMs = 60_000): { readonly host: ThreadHost; readonly heard: Heard } {
  const heard: Heard = { adopted: [], lost: [], flushes: 0 };
  const host = new ThreadHost({
    choices: ['first', 'second'],
    scheduleDelayMs,
    adopt: (exporter, { body, spans }) => heard.adopted.push({ exporter, spans, text: Buffer.from(body).toString() }),
    lost: (exporter, reason, spans) => heard.lost.push({ exporter, reason, spans }),
    flush: async () => void heard.flushes++,
  });
  return { host, heard };
}

export interface Guest {
  readonly worker: Worker;
  /** What it tells next, or has told already. */
  readonly next: () => Promise<unknown>;
}

/**
 * Starts a guest and waits for its `tell('ready')`.
 *
 * @param source has `guest`, `carrier` (of exporter 1), `parcel(text, spans)`, `tell(message)` and `workerData`
 */
export async function aGuest(t: TestContext, source: string, workerData?: unknown): Promise<Guest> {
  const prelude = `
    const { workerData, parentPort, Worker } = require('node:worker_threads');
    const tell = (message) => parentPort.postMessage(message);
    const parcel = (text, spans) => ({ body: Buffer.from(text), contentType: 'x', spans });
    const stay = () => setInterval(() => {}, 1000);
    import(${JSON.stringify(guestUrl)}).then(({ ThreadGuest, hosting }) => {
      const guest = ThreadGuest.join(hosting());
      const carrier = guest.carrier(1);
      ${source}
    });`;
  const worker = new Worker(prelude, { eval: true, workerData, execArgv: [] });
  t.after(async () => void (await worker.terminate()));
  const told = on(worker, 'message');
  const next = async (): Promise<unknown> => ((await told.next()).value as unknown[])[0];
  await next();
  return { worker, next };
}
