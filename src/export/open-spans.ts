import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** The attribute of a span that its program never ended. */
export const UNFINISHED = 'otel_preload.unfinished';

/**
 * Knows the spans that have started and not ended, so that the end of the process can end them.
 *
 * It comes first among the processors and holds nothing but what the program itself holds open.
 */
export class OpenSpans implements SpanProcessor {
  readonly #open = new Set<Span>();

  onStart(span: Span): void {
    this.#open.add(span);
  }

  onEnd(span: ReadableSpan): void {
    this.#open.delete(span as unknown as Span);
  }

  /** Ends every open span with `otel_preload.unfinished: true`; a parent ends after its children. */
  endAll(): void {
    for (const span of [...this.#open].toReversed()) {
      span.setAttribute(UNFINISHED, true);
      span.end();
    }
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
