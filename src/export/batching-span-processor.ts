import type { Context } from '@opentelemetry/api';
import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import type { Log } from '../core/log.ts';
import type { Encoder } from '../wire/encoder.ts';
import type { Delivery } from './delivery.ts';
import type { Ledger } from './ledger.ts';

export interface BatchingOptions {
  readonly encoder: Encoder;
  readonly delivery: Pick<Delivery, 'enqueue' | 'flush'>;
  readonly ledger: Pick<Ledger, 'spanEnded' | 'dropped'>;
  readonly log: Log;
  /** Age at which a batch leaves, counted from its first span. */
  readonly scheduleDelayMs: number;
  readonly maxExportBatchSize: number;
  readonly maxPayloadBytes: number;
  /** How long `forceFlush` and `shutdown` wait at the most. */
  readonly flushTimeoutMs: number;
}

/**
 * Encodes each sampled span when it ends, straight into the batch being filled; no span object waits here.
 *
 * A batch leaves when it is `scheduleDelayMs` old, has `maxExportBatchSize` spans or would go over `maxPayloadBytes`.
 */
export class BatchingSpanProcessor implements SpanProcessor {
  readonly #options: BatchingOptions;
  #timer: NodeJS.Timeout | undefined;
  #shutdown = false;

  constructor(options: BatchingOptions) {
    this.#options = options;
  }

  onStart(_span: Span, _parentContext: Context): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#shutdown || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    const { ledger, log, encoder, maxExportBatchSize } = this.#options;
    ledger.spanEnded();
    try {
      if (!this.#append(span)) {
        ledger.dropped('tooLarge', 1);
        log.trouble(
          'too large',
          `span "${span.name}" is larger than a payload may be (${this.#options.maxPayloadBytes} bytes); dropped`,
        );
        return;
      }
    } catch (error) {
      ledger.dropped('encoding', 1);
      log.trouble('encoding', `span "${span.name}" could not be encoded: ${String(error)}; dropped`);
      return;
    }
    if (encoder.spans >= maxExportBatchSize) this.seal();
    else this.#timer ??= setTimeout(() => this.seal(), this.#options.scheduleDelayMs).unref();
  }

  #append(span: ReadableSpan): boolean {
    const { encoder, maxPayloadBytes } = this.#options;
    if (encoder.append(span, maxPayloadBytes)) return true;
    if (encoder.spans === 0) return false;
    this.seal();
    return encoder.append(span, maxPayloadBytes);
  }

  /** Ends the batch being filled and hands it to the delivery. */
  seal(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const payload = this.#options.encoder.take();
    if (payload !== undefined) this.#options.delivery.enqueue(payload);
  }

  forceFlush(): Promise<void> {
    this.seal();
    return this.#options.delivery.flush(performance.now() + this.#options.flushTimeoutMs);
  }

  async shutdown(): Promise<void> {
    if (this.#shutdown) return;
    await this.forceFlush();
    this.#shutdown = true;
  }
}
