import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Times } from '../core/times.ts';
import type { EncoderOptions } from './encoder.ts';
import { nanosOf, secondsOf, toMicros } from './hr-time.ts';

/** The times of the span that was read last; one object for all spans of an encoder. */
export class SpanTimes implements Times {
  startSeconds = 0;
  startNanos = 0;
  endSeconds = 0;
  endNanos = 0;
  readonly #read: EncoderOptions['times'];
  #isRead = false;

  constructor({ times }: Pick<EncoderOptions, 'times'> = {}) {
    this.#read = times;
  }

  read(span: ReadableSpan): void {
    this.#isRead = this.#read?.(span, this) === true;
    if (this.#isRead) return;
    const { startTime, endTime } = span;
    this.startSeconds = secondsOf(startTime);
    this.startNanos = nanosOf(startTime);
    this.endSeconds = secondsOf(endTime);
    this.endNanos = nanosOf(endTime);
  }

  /** Whole microseconds since 1970. */
  get startMicros(): number {
    return this.startSeconds * 1e6 + Math.floor(this.startNanos / 1000);
  }

  /** Whole microseconds that `span`, which was read last, has lasted. */
  durationMicros(span: ReadableSpan): number {
    if (!this.#isRead) return toMicros(span.duration);
    return (this.endSeconds - this.startSeconds) * 1e6 + Math.floor((this.endNanos - this.startNanos) / 1000);
  }
}
