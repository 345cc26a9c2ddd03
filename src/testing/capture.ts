import { type Context, context, createContextKey } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { type CapturedSpan, toCapturedSpan } from './captured-span.ts';
import { CapturedSpans } from './captured-spans.ts';

export interface CaptureOptions {
  /** How long spans that are still open when the block is done are waited for; default 1000. */
  readonly timeoutMs?: number;
}

const CAPTURE = createContextKey('otel-preload capture');
const DEFAULT_TIMEOUT_MS = 1000;

interface Capture {
  /** Spans that have started and not ended, by their id. */
  readonly open: Set<string>;
  readonly order: string[];
  readonly ended: Map<string, CapturedSpan>;
  onAllEnded: () => void;
}

/**
 * Gives each span to the block in which it started: one that started below the block's own context, or that carries on a
 * trace which began there, such as a server's in the same process that the block has called.
 */
export class Capturing implements SpanProcessor {
  readonly #ofTrace = new Map<string, Capture>();

  async run(block: () => unknown, { timeoutMs = DEFAULT_TIMEOUT_MS }: CaptureOptions): Promise<CapturedSpans> {
    const capture: Capture = { open: new Set(), order: [], ended: new Map(), onAllEnded: () => {} };
    try {
      await context.with(context.active().setValue(CAPTURE, capture), block);
      if (capture.open.size > 0) await allEnded(capture, timeoutMs);
    } finally {
      for (const [traceId, owner] of this.#ofTrace) if (owner === capture) this.#ofTrace.delete(traceId);
    }
    return new CapturedSpans(capture.order.flatMap((id) => capture.ended.get(id) ?? []));
  }

  onStart(span: Span, parentContext: Context): void {
    const { traceId, spanId } = span.spanContext();
    const capture = (parentContext.getValue(CAPTURE) as Capture | undefined) ?? this.#ofTrace.get(traceId);
    if (capture === undefined) return;
    this.#ofTrace.set(traceId, capture);
    capture.open.add(spanId);
    capture.order.push(spanId);
  }

  onEnd(span: ReadableSpan): void {
    const { traceId, spanId } = span.spanContext();
    const capture = this.#ofTrace.get(traceId);
    if (capture === undefined || !capture.open.delete(spanId)) return;
    capture.ended.set(spanId, toCapturedSpan(span));
    if (capture.open.size === 0) capture.onAllEnded();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function allEnded(capture: Capture, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    capture.onAllEnded = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
