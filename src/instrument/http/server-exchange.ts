import type { ServerResponse } from 'node:http';
import { type Attributes, type Context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import type { Durations } from './durations.ts';
import type { Exchange } from '../exchange.ts';
import { recordFailure } from './failure.ts';
import type { HeaderCapture } from './header-capture.ts';

/** What all exchanges of the process's servers have in common. */
export interface ServerSide {
  readonly captureResponse: HeaderCapture | undefined;
  readonly durations: Durations | undefined;
}

/** The part of a response that is read when it is over. */
export type Answer = Pick<ServerResponse, 'statusCode' | 'getHeader'>;

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
  /** Undefined when the span has ended. */
  #response: Answer | undefined;
  readonly #startMs: number;
  readonly #metricAttributes: Attributes | undefined;

  /** @param metricAttributes what is known from the request, where durations are measured */
  constructor(
    side: ServerSide,
    parent: Context,
    span: Span,
    method: string,
    response: Answer,
    metricAttributes: Attributes | undefined,
  ) {
    this.span = span;
    this.context = setRPCMetadata(trace.setSpan(parent, span), this);
    this.#side = side;
    this.#method = method;
    this.#response = metricAttributes !== undefined || span.isRecording() ? response : undefined;
    this.#startMs = metricAttributes === undefined ? 0 : performance.now();
    this.#metricAttributes = metricAttributes;
  }

  note(emitter: object, event: string | symbol, value: unknown): void {
    if (emitter !== this.#response) return;
    if (event === 'close') this.#finish(this.#response);
    else if (event === 'error') this.fail(value);
  }

  /** Ends the span by an error that no status tells of. */
  fail(error: unknown): void {
    if (this.#response === undefined) return;
    recordFailure(this.span, error);
    this.#end({ 'error.type': (error as Partial<Error> | null)?.name });
  }

  #finish(response: Answer): void {
    const { span, route } = this;
    const { statusCode } = response;
    const isError = statusCode >= FIRST_ERROR && statusCode <= LAST_ERROR;
    const errorType = isError ? String(statusCode) : undefined;
    if (span.isRecording()) {
      span.setAttribute('http.response.status_code', statusCode);
      if (route !== undefined) span.setAttribute('http.route', route);
      if (errorType !== undefined) span.setAttribute('error.type', errorType);
      if (!(statusCode >= 100 && statusCode < FIRST_ERROR)) span.setStatus({ code: SpanStatusCode.ERROR });
      if (route) span.updateName(`${this.#method} ${route}`);
      const { captureResponse } = this.#side;
      if (captureResponse !== undefined) {
        const captured: Attributes = {};
        captureResponse(captured, (name) => response.getHeader(name));
        span.setAttributes(captured);
      }
    }
    this.#end({ 'http.response.status_code': statusCode, 'http.route': route, 'error.type': errorType });
  }

  #end(metricAttributes: Attributes): void {
    this.#response = undefined;
    // The app may have ended it already.
    if (this.span.isRecording()) this.span.end();
    if (this.#metricAttributes !== undefined) {
      this.#side.durations?.record(this.#startMs, { ...this.#metricAttributes, ...metricAttributes });
    }
  }
}
