import { type Span, SpanStatusCode } from '@opentelemetry/api';

/** Writes down in a span what a function of the app has thrown, rejected with or handed on. */
export function recordError(span: Span, error: unknown): void {
  const failure = error instanceof Error ? error : String(error);
  span.recordException(failure);
  span.setStatus({ code: SpanStatusCode.ERROR, message: typeof failure === 'string' ? failure : failure.message });
}
