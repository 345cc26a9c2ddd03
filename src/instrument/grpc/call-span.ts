import { type Attributes, type Span, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';

/** What of an error concerns us; it may be anything that an app has thrown. */
export interface CallError {
  /** A status code of gRPC, the code of a system error, or none. */
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

/** @see https://grpc.io/docs/guides/status-codes/ */
export const StatusCode = { OK: 0, CANCELLED: 1, UNKNOWN: 2, DEADLINE_EXCEEDED: 4 } as const;

/**
 * The span of one call, which ends once, by whatever comes first.
 *
 * What an end writes down, and what it does not, is what the instrumentation of OpenTelemetry for Node.js does.
 */
export class CallSpan {
  /** Undefined when it has ended, or is not recorded. */
  #span: Span | undefined;

  constructor(span: Span) {
    this.#span = span.isRecording() ? span : undefined;
  }

  get isOpen(): boolean {
    return this.#span !== undefined;
  }

  setAttributes(attributes: Attributes): void {
    this.#span?.setAttributes(attributes);
  }

  /** The call has come to a status. */
  finish(code: unknown): void {
    this.#end(code === StatusCode.OK ? undefined : failed(), code);
  }

  /**
   * The answer was an error; without a code the span does not fail, although the call does.
   *
   * @param message of the span's status
   */
  answerError(error: CallError, message?: unknown): void {
    this.#end(error.code ? failed(message) : undefined, error.code || undefined, error);
  }

  /** The stream has emitted an error. */
  emitError(error: CallError | undefined): void {
    this.#end(error?.code === StatusCode.OK ? undefined : failed(error?.message), error?.code, error);
  }

  /** The handler has thrown, of which the other side learns no more than that. */
  throwError(error: CallError | undefined): void {
    this.#end(failed(error?.message), StatusCode.UNKNOWN, error);
  }

  /**
   * Nobody waits for the rest.
   *
   * @param code undefined where the call never came to be
   * @param atMs when that was, on the `performance.now()` clock
   */
  cancel(code: 1 | 4 | undefined, atMs?: number): void {
    const message = code === StatusCode.CANCELLED ? 'Cancelled' : 'Deadline exceeded';
    this.#end(failed(code === undefined ? undefined : message), code, undefined, atMs);
  }

  #end(status: SpanStatus | undefined, code: unknown, error?: CallError, atMs?: number): void {
    const span = this.#span;
    if (span === undefined) return;
    this.#span = undefined;
    if (status !== undefined) span.setStatus(status);
    set(span, 'rpc.grpc.status_code', code);
    if (error !== undefined) {
      set(span, 'grpc.error_name', error.name);
      set(span, 'grpc.error_message', error.message);
    }
    span.end(atMs);
  }
}

function failed(message?: unknown): SpanStatus {
  return typeof message === 'string' ? { code: SpanStatusCode.ERROR, message } : { code: SpanStatusCode.ERROR };
}

function set(span: Span, key: string, value: unknown): void {
  if (value !== undefined && value !== null) span.setAttribute(key, value);
}
