import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Payload } from '../wire/encoder.ts';
import type { DropReason, Stats } from './ledger.ts';
import type { TransportConfig } from './transport.ts';

/** What the end of the process leaves for another thread to send. */
export interface Unsent {
  readonly transport: TransportConfig;
  readonly payloads: readonly Payload[];
  /**
   * Told once it is known what became of the payloads; `result` is undefined where nothing was tried. Waits `answerMs` at
   * most, standing still, for answers to what had left before.
   */
  readonly settle: (result: Sent | undefined, answerMs: number) => void;
}

/** What became of the payloads that another thread was to send. */
export interface Sent {
  /** Of each payload, in their order. */
  readonly ends: readonly ('unsent' | 'delivered' | 'refused')[];
  /** Spans that were rejected of payloads that were taken. */
  readonly rejected: number;
  /** What the rest failed by; may be empty. */
  readonly why: string;
}

/** One way out for spans: a processor for the SDK, and what the end of the process needs of it. */
export interface Exporter {
  readonly target: string;
  readonly processor: SpanProcessor;
  /** Sends all that is there; past `deadlineMs` (`performance.now()` clock) it resolves all the same. */
  flush(deadlineMs: number): Promise<void>;
  /** Whether a flush would have nothing to do. */
  readonly idle: boolean;
  /** Stops sending and hands out the rest; undefined where there is none. */
  takeUnsent(): Unsent | undefined;
  /** Sends a batch of another thread as its own. */
  readonly adopt?: (payload: Payload) => void;
  /** Counts spans of another thread that nobody sends. */
  readonly lost?: (reason: DropReason, spans: number) => void;
  stats(): Stats | undefined;
}
