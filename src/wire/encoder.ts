import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Times } from '../core/times.ts';

/** One finished batch, ready for a transport. */
export interface Payload {
  /** The bytes as they go over the wire; nobody writes to them after `take()`. */
  readonly body: Uint8Array;
  readonly contentType: string;
  /** How many spans the body holds. */
  readonly spans: number;
}

export interface EncoderOptions {
  /**
   * The attributes of a span that keeps them as key, value, key, value, each key once; undefined for any other span.
   *
   * Where there is such a list, the span's `attributes` are not read.
   */
  readonly attributeList?: (span: ReadableSpan) => readonly unknown[] | undefined;
  /**
   * Reads start and end of a span that keeps them otherwise than as `HrTime`, which then are not made; false for any other
   * span. The duration has to be the time between them.
   */
  readonly times?: (span: ReadableSpan, times: Times) => boolean;
}

/**
 * Turns ended spans into the bytes of one batch, span by span.
 *
 * A span is encoded soon after its end, straight behind the ones before it, so that no batch of span
 * objects is kept. Encoders are pure: no I/O, no clock, no environment.
 */
export interface Encoder {
  /** Spans in the batch being filled. */
  readonly spans: number;
  /** Bytes that `take()` would give now. */
  readonly bytes: number;
  /**
   * Adds one ended span to the batch being filled.
   *
   * @param limitBytes the most that the whole payload may have
   * @returns false, with the batch as it was, where the span would take it over `limitBytes`:
   *   take the batch and append again; a span that an empty batch refuses fits in no batch
   * @throws what reading the span throws (a getter, a proxy), with the batch as it was
   */
  append(span: ReadableSpan, limitBytes: number): boolean;
  /** What `take()` would give now; the batch goes on. */
  peek(): Payload | undefined;
  /** Ends the batch and starts the next; undefined where it is empty. */
  take(): Payload | undefined;
}
