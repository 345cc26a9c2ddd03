import { type Attributes, type Context, diag, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import type { Durations } from './durations.ts';
import type { Exchange } from '../exchange.ts';
import { recordFailure } from './failure.ts';
import type { HeaderCapture, HeaderValue } from './header-capture.ts';
import type { RouteNames } from './route-names.ts';
import type { ParserMemory } from './parser-memory.ts';

/** What all exchanges of the process's servers have in common. */
export interface ServerSide {
  readonly captureResponse: HeaderCapture | undefined;
  readonly durations: Durations | undefined;
  readonly memory: Pick<ParserMemory, 'forget'>;
  readonly names: RouteNames;
}

/** What is read of a response when it is over. */
export interface Answer {
  /** Undefined where there was none. */
  readonly statusCode: number | undefined;
  getHeader(name: string): HeaderValue;
}

const FIRST_ERROR = 500;
const LAST_ERROR = 599;

/**
 * A request that came in, until its response is over. It is also the metadata where frameworks leave the route.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export class ServerExchange implements Exchange, RPCMetadata {
  readonly type = RPCType.HTTP;
  readonly span: Span;
  route?: string;
  readonly context: Context;
  readonly #side: ServerSide;
  readonly #method: string;
  /** Whose close ends the span; undefined when that has happened. */
  #emitter: object | undefined;
  #answer: Answer | undefined;
  #before: (() => void)[] | undefined = undefined;
  /** What remembers the context for longer than it is needed. */
  holder: object | undefined = undefined;
  readonly #startMs: number;
  readonly #metricAttributes: Attributes | undefined;

  /**
   * @param emitter whose close ends it, and whose error
   * @param metricAttributes what is known from the request, where durations are measured
   */
  constructor(
    side: ServerSide,
    parent: Context,
    span: Span,
    method: string,
    emitter: object,
    answer: Answer,
    metricAttributes: Attributes | undefined,
  ) {
    this.span = span;
    this.context = setRPCMetadata(trace.setSpan(parent, span), this);
    this.#side = side;
    this.#method = method;
    this.#answer = answer;
    this.#emitter = emitter;
    this.#startMs = metricAttributes === undefined ? 0 : performance.now();
    this.#metricAttributes = metricAttributes;
  }

  note(emitter: object, event: string | symbol, value: unknown): void {
    if (emitter !== this.#emitter) return;
    if (event === 'close') this.#finish();
    else if (event === 'error') this.fail(value);
  }

  beforeEnd(work: () => void): boolean {
    if (this.#emitter === undefined) return false;
    (this.#before ??= []).push(work);
    return true;
  }

  /** Ends the span by an error that no status tells of. */
  fail(error: unknown): void {
    if (this.#emitter === undefined) return;
    recordFailure(this.span, error);
    this.#end({ 'error.type': (error as Partial<Error> | null)?.name });
  }

  #finish(): void {
    const { span, route } = this;
    const answer = this.#answer;
    const statusCode = answer?.statusCode ?? 0;
    const isError = statusCode >= FIRST_ERROR && statusCode <= LAST_ERROR;
    const errorType = isError ? String(statusCode) : undefined;
    if (span.isRecording()) {
      if (statusCode !== 0) span.setAttribute('http.response.status_code', statusCode);
      if (route !== undefined) span.setAttribute('http.route', route);
      if (errorType !== undefined) span.setAttribute('error.type', errorType);
      if (statusCode !== 0 && (statusCode < 100 || statusCode >= FIRST_ERROR))
        span.setStatus({ code: SpanStatusCode.ERROR });
      if (route) span.updateName(this.#side.names.of(this.#method, route));
      const { captureResponse } = this.#side;
      if (captureResponse !== undefined) span.setAttributes(captureResponse((name) => answer?.getHeader(name)));
    }
    this.#end({ 'http.response.status_code': statusCode || undefined, 'http.route': route, 'error.type': errorType });
  }

  #end(metricAttributes: Attributes): void {
    const before = this.#before;
    // Some contexts outlive the response.
    this.#emitter = undefined;
    this.#answer = undefined;
    this.#before = undefined;
    before?.forEach(attempt);
    if (this.holder !== undefined) this.#side.memory.forget(this.holder, this.context);
    this.holder = undefined;
    // The app may have ended it already.
    if (this.span.isRecording()) this.span.end();
    if (this.#metricAttributes !== undefined) {
      this.#side.durations?.record(this.#startMs, { ...this.#metricAttributes, ...metricAttributes });
    }
  }
}

/** What was to be done before the end: its trouble, a processor of the app's say, is not that of the request. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    diag.error('otel-preload: a span could not be ended', error);
  }
}
