import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** The attribute of a span that its program never ended. */
export const UNFINISHED = 'otel_preload.unfinished';

/** A program that forgets to end its spans must not have us keep all of them: of more, the oldest are let go. */
const MAX_OPEN_SPANS = 8192;

/** A span with its neighbours in the list of those that are open; our spans have room for them. */
interface Linked extends Span {
  _older?: Linked | undefined;
  _newer?: Linked | undefined;
}

/**
 * Knows the spans that have started and not ended, so that the end of the process can end them.
 *
 * It comes first among the processors. The spans themselves are the list: 5 ns a span, where a Set costs 60.
 */
export class OpenSpans implements SpanProcessor {
  #oldest: Linked | undefined;
  #newest: Linked | undefined;
  #size = 0;

  onStart(started: Span): void {
    const span: Linked = started;
    span._older = this.#newest;
    if (this.#newest === undefined) this.#oldest = span;
    else this.#newest._newer = span;
    this.#newest = span;
    this.#size++;
    if (this.#size > MAX_OPEN_SPANS && this.#oldest !== undefined) this.#remove(this.#oldest);
  }

  onEnd(span: ReadableSpan): void {
    this.#remove(span as Linked);
  }

  #remove(span: Linked): void {
    const { _older: older, _newer: newer } = span;
    if (older !== undefined) older._newer = newer;
    else if (this.#oldest === span) this.#oldest = newer;
    // it had been let go
    else return;
    if (newer !== undefined) newer._older = older;
    else this.#newest = older;
    span._older = undefined;
    span._newer = undefined;
    this.#size--;
  }

  /** Ends every open span with `otel_preload.unfinished: true`; a parent ends after its children. */
  endAll(): void {
    const open: Linked[] = [];
    for (let span = this.#newest; span !== undefined; span = span._older) open.push(span);
    for (const span of open) {
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
