import { diag, type Exception, type Span, SpanStatusCode } from '@opentelemetry/api';

/** The last error of each span, so that `recordError(error); throw error` inside `withSpan` makes one event, not two. */
const recorded = new WeakMap<Span, { readonly error: unknown }>();

/** Ends `span` unless the app has ended it; a failing processor is not the app's failure. */
export function endSpan(span: Span): void {
  try {
    if (span.isRecording()) span.end();
  } catch (error) {
    diag.error('otel-preload: a span could not be ended', error);
  }
}

/** Ends `span` as failed by `error`, whatever was thrown. */
export function failSpan(span: Span, error: unknown): void {
  recordErrorOn(span, error);
  endSpan(span);
}

/**
 * Adds the `exception` event and sets the status ERROR with the error's message. Reads `error`, never writes to it.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/exceptions/
 */
export function recordErrorOn(span: Span, error: unknown): void {
  try {
    if (!span.isRecording()) return;
    const last = recorded.get(span);
    if (last !== undefined && Object.is(last.error, error)) return;
    recorded.set(span, { error });
    const exception = toException(error);
    span.recordException(exception);
    span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
  } catch (trouble) {
    diag.error('otel-preload: an error could not be recorded', trouble);
  }
}

/**
 * The type of an exception is its `code` if that says something (`ECONNREFUSED`), else its name; a gRPC error's `code`
 * is a bare number and does not. Everything that is not shaped like an error is told by its own text.
 */
function toException(error: unknown): Exception & { name: string; message: string } {
  if (typeof error !== 'object' || error === null) return { name: typeof error, message: textOf(error) };
  const { code, name, message, stack } = error as Record<'code' | 'name' | 'message' | 'stack', unknown>;
  return {
    name: typeof name === 'string' && name !== '' ? name : (error.constructor?.name ?? 'Object'),
    message: typeof message === 'string' ? message : textOf(error),
    ...(typeof code === 'string' && code !== '' && { code }),
    ...(typeof stack === 'string' && { stack }),
  };
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
