import { type Context, context, type Span, type SpanOptions as ApiSpanOptions, trace } from '@opentelemetry/api';

/**
 * How a span starts: OpenTelemetry's own `kind` (default `SpanKind.INTERNAL`), `attributes`, `links`, `root` and
 * `startTime` (epoch milliseconds, `performance.now()` milliseconds, a `Date` or `[seconds, nanoseconds]`), and where
 * it hangs.
 */
export interface SpanOptions extends ApiSpanOptions {
  /** The context whose span becomes the parent; default: the active one. */
  readonly context?: Context | undefined;
  /** The parent itself, a short form of `context`; goes before it. */
  readonly parent?: Span | undefined;
}

/** @returns the context that the span starts in */
export function parentContext(options: SpanOptions | undefined): Context {
  const from = options?.context ?? context.active();
  return options?.parent === undefined ? from : trace.setSpan(from, options.parent);
}
