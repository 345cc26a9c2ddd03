import { SpanStatusCode, type Span } from '@opentelemetry/api';

/** Writes down that an exchange has failed by an error rather than by its status. */
export function recordFailure(span: Span, error: unknown): void {
  const { name, message } = (error ?? {}) as Partial<Error>;
  if (name !== undefined) span.setAttribute('error.type', name);
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
  span.recordException(error as Error);
}
