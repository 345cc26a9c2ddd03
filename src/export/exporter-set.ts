import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import type { Log } from '../core/log.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Exporter, Sent, Unsent } from './exporter.ts';
import { describeDropped, describeStats, type DropReason, type Stats } from './ledger.ts';
import type { OpenSpans } from './open-spans.ts';

export interface ExporterSetOptions {
  readonly openSpans: OpenSpans;
  readonly log: Log;
  /**
   * Sends from another thread while this one waits.
   *
   * @returns per job, what became of it
   */
  readonly sendBlocking: (
    jobs: readonly Pick<Unsent, 'transport' | 'payloads'>[],
    timeoutMs: number,
  ) => readonly Sent[];
  /** Ends the metrics and logs halves of the SDK, where they are on. */
  readonly shutdownOthers?: () => Promise<void>;
}

/** What the exporters' ledgers say together; a reason without a span is absent. */
export interface TotalStats extends Omit<Stats, 'waiting' | 'dropped' | 'trouble'> {
  readonly dropped: Readonly<Record<string, number>>;
}

/** All exporters of the process as one: what its end and the helper need of them. */
export class ExporterSet {
  readonly #exporters: readonly Exporter[];
  readonly #options: ExporterSetOptions;
  #othersEnded = false;

  constructor(exporters: readonly Exporter[], options: ExporterSetOptions) {
    this.#exporters = exporters;
    this.#options = options;
  }

  /** Whether there is nothing to send. */
  get idle(): boolean {
    const others = this.#options.shutdownOthers !== undefined && !this.#othersEnded;
    return !others && this.#exporters.every(({ idle }) => idle);
  }

  endOpenSpans(): void {
    this.#options.openSpans.endAll();
  }

  /** Sends the spans that are there; resolves at `deadlineMs` (`performance.now()` clock) at the latest. */
  async flushSpans(deadlineMs: number): Promise<void> {
    await Promise.all(this.#exporters.map((exporter) => exporter.flush(deadlineMs)));
  }

  /** The same at the end of the process: metrics and logs end with it. */
  async flush(deadlineMs: number): Promise<void> {
    const others = this.#othersEnded ? undefined : this.#options.shutdownOthers?.();
    this.#othersEnded = true;
    await Promise.all([this.flushSpans(deadlineMs), within(others, deadlineMs)]);
  }

  /** Sends the rest while the calling thread waits; 0 sends nothing. What is not sent goes to disk or is counted. */
  flushBlocking(timeoutMs: number): void {
    const deadlineMs = performance.now() + timeoutMs;
    const unsent = this.#exporters.flatMap((exporter) => exporter.takeUnsent() ?? []);
    const toSend = unsent.filter(({ payloads }) => payloads.length > 0);
    const jobs = toSend.map(({ transport, payloads }) => ({ transport, payloads }));
    const sent = timeoutMs > 0 && jobs.length > 0 ? this.#options.sendBlocking(jobs, timeoutMs) : [];
    for (const one of unsent) one.settle(sent[toSend.indexOf(one)], msUntil(deadlineMs));
  }

  /** A batch that another thread has made for the same of its exporters. */
  adopt(exporter: number, payload: Payload): void {
    this.#exporters[exporter]?.adopt?.(payload);
  }

  /** Spans of another thread that nobody sends. */
  lost(exporter: number, reason: DropReason, spans: number): void {
    this.#exporters[exporter]?.lost?.(reason, spans);
  }

  /** One line for each exporter that has lost spans. */
  report(): void {
    for (const exporter of this.#exporters) {
      const stats = exporter.stats();
      const dropped = stats && describeDropped(stats);
      if (dropped !== undefined)
        this.#options.log.line('error', `of ${stats?.ended} spans for ${exporter.target} these are lost: ${dropped}`);
    }
  }

  /** One line that says what became of all spans so far. */
  tell(): void {
    const told = this.#exporters.flatMap((exporter) => {
      const stats = exporter.stats();
      return stats === undefined ? [] : `spans for ${exporter.target}: ${describeStats(stats)}`;
    });
    if (told.length > 0) this.#options.log.line('error', told.join('; '));
  }

  /** The sum over all exporters, in spans: a span that goes to two of them counts twice. */
  stats(): TotalStats {
    const sum = { ended: 0, delivered: 0, spooled: 0, replayed: 0, setAside: 0, dropped: {} as Record<string, number> };
    for (const exporter of this.#exporters) {
      const stats = exporter.stats();
      if (stats === undefined) continue;
      sum.ended += stats.ended;
      sum.delivered += stats.delivered;
      sum.spooled += stats.spooled;
      sum.replayed += stats.replayed;
      sum.setAside += stats.setAside;
      for (const [reason, spans] of Object.entries(stats.dropped)) {
        if (spans > 0) sum.dropped[reason] = (sum.dropped[reason] ?? 0) + spans;
      }
    }
    return sum;
  }
}

/** Settles with the promise, whatever it comes to, or at the deadline. */
async function within(promise: Promise<void> | undefined, deadlineMs: number): Promise<void> {
  if (promise === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, msUntil(deadlineMs));
  });
  await Promise.race([promise.catch(() => {}), timeout]);
  clearTimeout(timer);
}
