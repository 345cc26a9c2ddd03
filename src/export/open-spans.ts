import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** The attribute of a span that its program never ended. */
export const UNFINISHED = 'otel_preload.unfinished';

/** A program that forgets to end its spans must not have us keep all of them: of more, the oldest are let go. */
const MAX_OPEN_SPANS = 8192;

/**
 * Knows the spans that have started and not ended, so that the end of the process can end them.
 *
 * It comes first among the processors.
 */
export class OpenSpans implements SpanProcessor {
  readonly #open = new Set<Span>();

  onStart(span: Span): void {
    this.#open.add(span);
    if (this.#open.size <= MAX_OPEN_SPANS) return;
    const [oldest] = this.#open;
    if (oldest !== undefined) this.#open.delete(oldest);
  }

  onEnd(span: ReadableSpan): void {
    this.#open.delete(span as unknown as Span);
  }

  /** Ends every open span with `otel_preload.unfinished: true`; a parent ends after its children. */
  endAll(): void {
    for (const span of [...this.#open].toReversed()) {
      try {
        span.setAttribute(UNFINISHED, true);
        span.end();
      } catch {
        // a processor of the app's own; without us it would not have been called now
      }
    }
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
