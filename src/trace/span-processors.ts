import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Processors as one; errors are the caller's, and the list may grow, as it may in the SDK. */
export class SpanProcessors implements Required<SpanProcessor> {
  /** By the name that it has in the SDK, where apps have found it to add a processor of their own. */
  readonly _spanProcessors: SpanProcessor[];

  constructor(processors: SpanProcessor[]) {
    this._spanProcessors = processors;
  }

  onStart(span: Span, parentContext: Context): void {
    for (const processor of this._spanProcessors) processor.onStart(span, parentContext);
  }

  onEnding(span: Span): void {
    for (const processor of this._spanProcessors) processor.onEnding?.(span);
  }

  onEnd(span: ReadableSpan): void {
    for (const processor of this._spanProcessors) processor.onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this._spanProcessors.map((processor) => processor.forceFlush()));
  }

  async shutdown(): Promise<void> {
    await Promise.all(this._spanProcessors.map((processor) => processor.shutdown()));
  }
}
