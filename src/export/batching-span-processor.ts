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
 * So many spans are encoded in one go. Between two requests of a busy server the encoder's code and tables leave the
 * processor's nearest caches: in a hello server a span alone took 4 to 5 µs, in a row about 2 (a busy machine, rows of 64).
 */
const TOGETHER = 16;

/**
 * Encodes sampled spans soon after they have ended, straight into the batch being filled; no more than 15 wait for that.
 *
 * A batch leaves when it is `scheduleDelayMs` old, has `maxExportBatchSize` spans or would go over `maxPayloadBytes`.
 */
export class BatchingSpanProcessor implements SpanProcessor {
  readonly #options: BatchingOptions;
  /** Those that wait to be encoded, `#count` of them, and room for more. */
  readonly #ended: (ReadableSpan | undefined)[] = [];
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #shutdown = false;

  constructor(options: BatchingOptions) {
    this.#options = options;
  }

  onStart(_span: Span, _parentContext: Context): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#shutdown || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    const { ledger, encoder, maxExportBatchSize } = this.#options;
    ledger.spanEnded();
    this.#ended[this.#count++] = span;
    if (encoder.spans + this.#count >= maxExportBatchSize) this.seal();
    else if (this.#count >= TOGETHER) this.encode();
    this.#setTimer();
  }

  /** Whether no span waits for its batch to leave. */
  get isEmpty(): boolean {
    return this.#count === 0 && this.#options.encoder.spans === 0;
  }

  /** Has all that have ended in the batch being filled. */
  encode(): void {
    const count = this.#count;
    this.#count = 0;
    for (let at = 0; at < count; at++) {
      const span = this.#ended[at];
      this.#ended[at] = undefined;
      if (span !== undefined) this.#append(span);
    }
  }

  #append(span: ReadableSpan): void {
    const { ledger, log, encoder, maxPayloadBytes } = this.#options;
    try {
      if (encoder.append(span, maxPayloadBytes)) return;
      if (encoder.spans > 0) {
        this.#take();
        if (encoder.append(span, maxPayloadBytes)) return;
      }
      ledger.dropped('tooLarge', 1);
      log.trouble(
        'too large',
        `span "${span.name}" is larger than a payload may be (${maxPayloadBytes} bytes); dropped`,
      );
    } catch (error) {
      ledger.dropped('encoding', 1);
      log.trouble('encoding', `span "${span.name}" could not be encoded: ${String(error)}; dropped`);
    }
  }

  /** Ends the batch being filled and hands it to the delivery. */
  seal(): void {
    this.encode();
    this.#take();
  }

  #take(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const payload = this.#options.encoder.take();
    if (payload !== undefined) this.#options.delivery.enqueue(payload);
  }

  /** For the batch that has begun, unless there is one. */
  #setTimer(): void {
    if (this.#timer !== undefined || this.isEmpty) return;
    this.#timer = setTimeout(() => this.seal(), this.#options.scheduleDelayMs).unref();
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
