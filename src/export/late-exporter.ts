import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Log } from '../core/log.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Exporter, Unsent } from './exporter.ts';
import { type DropReason, Ledger, type Stats } from './ledger.ts';

/**
 * An exporter that is put together by `prepare`, or when its first span ends: encoders, transports and delivery are a fifth of a
 * start, and many processes never make a span.
 *
 * Where it cannot be put together, as without a file descriptor, spans are counted as lost and the next one tries again.
 */
export class LateExporter implements Exporter {
  readonly processor: SpanProcessor = {
    onStart() {},
    onEnd: (span) => this.#onEnd(span),
    forceFlush: async () => this.#made?.processor.forceFlush(),
    shutdown: async () => {
      this.#isShut = true;
      await this.#made?.processor.shutdown();
    },
  };
  readonly #create: (ledger: Ledger) => Exporter;
  readonly #log: Log;
  #made: Exporter | undefined;
  #isShut = false;
  /** The exporter's, which counts before there is one. */
  readonly #ledger = new Ledger();

  /** @param create may load files of ours, and throw; makes what counts in that ledger and has no need of a span's start */
  constructor(create: (ledger: Ledger) => Exporter, log: Log) {
    this.#create = create;
    this.#log = log;
  }

  /** Puts it together now; silent where that cannot be. */
  prepare(): void {
    try {
      this.#made ??= this.#create(this.#ledger);
    } catch {
      // it is tried again when it is needed
    }
  }

  #exporter(): Exporter | undefined {
    try {
      return (this.#made ??= this.#create(this.#ledger));
    } catch (error) {
      const why = String(error instanceof Error ? error.message : error);
      this.#log.trouble('exporter', `the exporter could not be loaded: ${why}; spans are lost`);
      return undefined;
    }
  }

  #onEnd(span: ReadableSpan): void {
    if (this.#made !== undefined) return this.#made.processor.onEnd(span);
    if (this.#isShut || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    const exporter = this.#exporter();
    if (exporter === undefined) this.#drop('notLoaded', 1);
    else exporter.processor.onEnd(span);
  }

  #drop(reason: DropReason, spans: number): void {
    this.#ledger.spansCame(spans);
    this.#ledger.dropped(reason, spans);
  }

  get target(): string {
    return this.#exporter()?.target ?? 'the collector';
  }

  async flush(deadlineMs: number): Promise<void> {
    await this.#made?.flush(deadlineMs);
  }

  get idle(): boolean {
    return this.#made?.idle ?? true;
  }

  takeUnsent(): Unsent | undefined {
    return this.#made?.takeUnsent();
  }

  adopt(payload: Payload): void {
    const exporter = this.#exporter();
    if (exporter === undefined) this.#drop('notLoaded', payload.spans);
    else exporter.adopt?.(payload);
  }

  lost(reason: DropReason, spans: number): void {
    const exporter = this.#exporter();
    if (exporter === undefined) this.#drop(reason, spans);
    else exporter.lost?.(reason, spans);
  }

  stats(): Stats {
    return this.#ledger.stats();
  }
}
