import { type Attributes, trace } from '@opentelemetry/api';
import { recordErrorOn } from './end-span.ts';

/**
 * Sets attributes of the active span; does nothing without one.
 *
 * @param attributes strings, numbers, booleans, and lists of one of them
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#set-attributes
 */
export function setAttributes(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/**
 * Records `error` on the active span, as an `exception` event and status ERROR; does nothing without one.
 *
 * For an error that the app handles itself: one that leaves `withSpan` or a `@traced` method is recorded there. The
 * same error twice in a row on the same span is one event.
 *
 * @param error whatever was thrown; it is read, never changed
 * @see https://opentelemetry.io/docs/specs/otel/trace/exceptions/
 */
export function recordError(error: unknown): void {
  const span = trace.getActiveSpan();
  if (span !== undefined) recordErrorOn(span, error);
}

/**
 * The trace that the caller is in, for a log line or an error page.
 *
 * @returns 32 lower-case hexadecimal digits, or undefined outside of any trace and without tracing
 * @see https://www.w3.org/TR/trace-context/#trace-id
 */
export function currentTraceId(): string | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext !== undefined && trace.isSpanContextValid(spanContext) ? spanContext.traceId : undefined;
}
