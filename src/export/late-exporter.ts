import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Log } from '../core/log.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Exporter, Unsent } from './exporter.ts';
import { type DropReason, Ledger, type Stats } from './ledger.ts';

/**
 * An exporter that is put together when its first span ends: encoders, transports and delivery are a fifth of a start, and
 * many processes never make a span.
 */
export class LateExporter implements Exporter {
  readonly processor: SpanProcessor = {
    onStart() {},
    onEnd: (span) => this.#exporter().processor.onEnd(span),
    forceFlush: async () => this.#made?.processor.forceFlush(),
    shutdown: async () => this.#made?.processor.shutdown(),
  };
  readonly #create: () => Exporter;
  readonly #log: Log;
  #made: Exporter | undefined;

  /** @param create may load files of ours; where it throws that is one line, and spans are counted as lost */
  constructor(create: () => Exporter, log: Log) {
    this.#create = create;
    this.#log = log;
  }

  #exporter(): Exporter {
    return (this.#made ??= this.#make());
  }

  #make(): Exporter {
    try {
      return this.#create();
    } catch (error) {
      const why = String(error instanceof Error ? error.message : error);
      this.#log.line('error', `the exporter could not be loaded: ${why}; spans are lost`);
      return createLosing();
    }
  }

  get target(): string {
    return this.#exporter().target;
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
    this.#exporter().adopt?.(payload);
  }

  lost(reason: DropReason, spans: number): void {
    this.#exporter().lost?.(reason, spans);
  }

  stats(): Stats | undefined {
    return this.#made === undefined ? new Ledger().stats() : this.#made.stats();
  }
}

/** Counts what nobody can send. */
function createLosing(): Exporter {
  const ledger = new Ledger();
  const lost = (reason: DropReason, spans: number): void => {
    ledger.spansCame(spans);
    ledger.dropped(reason, spans);
  };
  const done = (): Promise<void> => Promise.resolve();
  return {
    target: 'the collector',
    processor: { onStart() {}, onEnd: () => lost('encoding', 1), forceFlush: done, shutdown: done },
    flush: done,
    idle: true,
    takeUnsent: () => undefined,
    adopt: ({ spans }) => lost('encoding', spans),
    lost,
    stats: () => ledger.stats(),
  };
}
