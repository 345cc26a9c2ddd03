import type { Log } from '../core/log.ts';
import type { Encoder } from '../wire/encoder.ts';
import { BatchingSpanProcessor, type BatchingOptions } from './batching-span-processor.ts';
import { createTransport } from './create-transport.ts';
import { Delivery, type DeliveryOptions } from './delivery.ts';
import type { Exporter, Sent } from './exporter.ts';
import { Ledger } from './ledger.ts';
import type { TransportConfig } from './transport.ts';

export type ExporterOptions = Omit<BatchingOptions, 'delivery' | 'ledger'> &
  Omit<DeliveryOptions, 'transport' | 'ledger'> & {
    readonly encoder: Encoder;
    readonly transport: TransportConfig;
    readonly log: Log;
  };

const NOTHING_SENT: Sent = { delivered: 0, refused: 0, why: '' };

/** Puts encoder, batching, delivery and transport together; inert until the first span ends. */
export function createExporter(options: ExporterOptions): Exporter {
  const ledger = new Ledger();
  const transport = createTransport(options.transport);
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
      return options.encoder.spans === 0 && delivery.idle;
    },
    takeUnsent() {
      processor.seal();
      const payloads = delivery.takeUnsent();
      if (payloads.length === 0) return undefined;
      return {
        transport: options.transport,
        payloads,
        settle(result) {
          const { delivered, refused, why } = result === 0 ? NOTHING_SENT : result;
          const spans = payloads.reduce((sum, payload) => sum + payload.spans, 0);
          if (delivered > 0) ledger.delivered(delivered);
          ledger.dropped('refused', refused);
          ledger.dropped('deadline', spans - delivered - refused);
          if (why !== '') delivery.failed(why);
        },
      };
    },
    stats: () => ledger.stats(),
  };
}
