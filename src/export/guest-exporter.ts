import type { Payload } from '../wire/encoder.ts';
import { BatchingSpanProcessor } from './batching-span-processor.ts';
import { createTransport } from './create-transport.ts';
import type { ExporterOptions } from './create-exporter.ts';
import type { Exporter } from './exporter.ts';
import { type DropReason, Ledger } from './ledger.ts';

/** The way of one exporter's spans out of a worker thread, to the thread that sends them. */
export interface Carrier {
  /** Bytes that it has not yet taken. */
  readonly waitingBytes: number;
  spanEnded(): void;
  /** Has `prepare` called before the thread blocks. */
  beforeBlocking(prepare: () => void): void;
  /** Leaves a batch where the other thread can take it. @returns false where it is too large for that */
  draft(payload: Payload): boolean;
  /** @returns false where it has been taken */
  takeBack(): boolean;
  send(payload: Payload): void;
  dropped(reason: DropReason, spans: number): void;
  flush(deadlineMs: number): Promise<void>;
}

/**
 * An exporter of a worker thread whose host sends for it: encoder and batching, and the way to the host in the place of
 * delivery. In its ledger, what has been handed over counts as delivered.
 *
 * The batch of a thread that blocks stays where it is, and a copy of it is left for the host to take.
 */
export function createGuestExporter(options: ExporterOptions, carrier: Carrier): Exporter {
  const { encoder, log, maxQueueBytes } = options;
  const { target } = createTransport(options.transport);
  const ledger = new Ledger();
  let drafted = 0;

  /** @returns false where the host has the batch already */
  function goOn(): boolean {
    const spans = drafted;
    drafted = 0;
    if (spans === 0 || carrier.takeBack()) return true;
    ledger.delivered(spans);
    return false;
  }

  const counter = {
    spanEnded(): void {
      if (!goOn()) encoder.take();
      ledger.spanEnded();
      carrier.spanEnded();
    },
    dropped(reason: DropReason, spans: number): void {
      ledger.dropped(reason, spans);
      carrier.dropped(reason, spans);
    },
  };

  function enqueue(payload: Payload): void {
    if (!goOn()) return;
    const { waitingBytes } = carrier;
    if (waitingBytes + payload.body.length > maxQueueBytes) {
      counter.dropped('queueFull', payload.spans);
      const waiting = `${Math.round(waitingBytes / 1024)} KiB of a worker thread are waiting for the main thread`;
      log.trouble(`queue ${target}`, `${waiting}; no room for ${payload.spans} spans more, dropped`);
      return;
    }
    ledger.delivered(payload.spans);
    carrier.send(payload);
  }

  const delivery = { enqueue, flush: (deadlineMs: number) => carrier.flush(deadlineMs) };
  const processor = new BatchingSpanProcessor({ ...options, delivery, ledger: counter });
  carrier.beforeBlocking(() => {
    processor.encode();
    const payload = drafted === 0 ? encoder.peek() : undefined;
    if (payload === undefined) return;
    if (carrier.draft(payload)) drafted = payload.spans;
    else processor.seal();
  });

  return {
    target,
    processor,
    flush() {
      processor.seal();
      return Promise.resolve();
    },
    get idle() {
      return processor.isEmpty;
    },
    takeUnsent() {
      processor.seal();
      return undefined;
    },
    stats: () => ledger.stats(),
  };
}
