import type { Log } from '../core/log.ts';
import type { Encoder } from '../wire/encoder.ts';
import { BatchingSpanProcessor, type BatchingOptions } from './batching-span-processor.ts';
import { createTransport } from './create-transport.ts';
import { Delivery, type DeliveryOptions } from './delivery.ts';
import type { Exporter } from './exporter.ts';
import { Ledger } from './ledger.ts';
import type { TransportConfig } from './transport.ts';

export type ExporterOptions = Omit<BatchingOptions, 'delivery' | 'ledger'> &
  Omit<DeliveryOptions, 'transport' | 'ledger'> & {
    readonly encoder: Encoder;
    readonly transport: TransportConfig;
    readonly log: Log;
    /** One of its own without it. */
    readonly ledger?: Ledger;
  };

/** Puts encoder, batching, delivery and transport together; inert until the first span ends. */
export function createExporter(options: ExporterOptions): Exporter {
  const { ledger = new Ledger() } = options;
  const transport = createTransport(options.transport, options.log);
  const delivery = new Delivery({ ...options, transport, ledger });
  const processor = new BatchingSpanProcessor({ ...options, delivery, ledger });

  return {
    target: transport.target,
    processor,
    flush(deadlineMs) {
      processor.seal();
      return delivery.flush(deadlineMs);
    },
    get idle() {
      return processor.isEmpty && delivery.idle;
    },
    takeUnsent() {
      processor.seal();
      const payloads = delivery.takeUnsent();
      if (payloads.length === 0 && !delivery.isUnanswered) return undefined;
      return {
        transport: options.transport,
        payloads,
        settle(sent, answerMs) {
          delivery.settleUnanswered(answerMs);
          for (const [index, payload] of payloads.entries()) {
            const end = sent?.ends[index];
            if (end === 'delivered') ledger.delivered(payload.spans);
            else if (end === 'refused') ledger.dropped('refused', payload.spans);
            else delivery.giveUp(payload, 'deadline');
          }
          if (sent !== undefined) {
            ledger.delivered(-sent.rejected);
            ledger.dropped('refused', sent.rejected);
            if (sent.why !== '') delivery.failed(sent.why);
          }
        },
      };
    },
    adopt(payload) {
      ledger.spansCame(payload.spans);
      delivery.enqueue(payload);
    },
    lost(reason, spans) {
      ledger.spansCame(spans);
      ledger.dropped(reason, spans);
    },
    stats: () => ledger.stats(),
  };
}
