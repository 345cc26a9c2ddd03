import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Attributes, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { carryBound } from '../bound-emit.ts';
import type { Durations } from './durations.ts';
import type { Exchange } from '../exchange.ts';
import { recordFailure } from './failure.ts';
import type { HeaderCapture } from './header-capture.ts';

/** What all exchanges of the process as a client have in common. */
export interface ClientSide {
  readonly captureRequest: HeaderCapture | undefined;
  readonly captureResponse: HeaderCapture | undefined;
  readonly durations: Durations | undefined;
}

const FIRST_ERROR = 400;
const LAST_ERROR = 599;

/**
 * A request that went out, until its response has been read. Listeners are called in the context of whoever made it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export class ClientExchange implements Exchange {
  readonly context: Context;
  readonly #side: ClientSide;
  readonly #span: Span;
  readonly #startMs: number;
  readonly #metricAttributes: Attributes | undefined;
  #response: IncomingMessage | undefined;
  #isOver: boolean;

  /** @param metricAttributes what is known from the request, where durations are measured */
  constructor(side: ClientSide, context: Context, span: Span, metricAttributes: Attributes | undefined) {
    this.context = context;
    this.#side = side;
    this.#span = span;
    this.#startMs = metricAttributes === undefined ? 0 : performance.now();
    this.#metricAttributes = metricAttributes;
    this.#isOver = metricAttributes === undefined && !span.isRecording();
  }

  note(emitter: object, event: string | symbol, value: unknown): void {
    switch (event) {
      case 'response':
        this.#begin(emitter as ClientRequest, value as IncomingMessage);
        break;
      case 'end':
        if (emitter === this.#response) this.#finish(this.#response);
        break;
      case 'error':
        this.#fail(value);
        break;
      case 'close':
        // The request's comes last, but where it was aborted: then the response may still have its error to tell.
        if (emitter === this.#response || this.#response === undefined || !(emitter as ClientRequest).aborted) {
          this.#end();
        }
        break;
    }
  }

  /** Ends it where Node.js has thrown an error that is not known here. */
  refuse(): void {
    if (this.#isOver) return;
    this.#span.setAttribute('error.type', '_OTHER');
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#end('_OTHER');
  }

  #begin(request: ClientRequest, response: IncomingMessage): void {
    carryBound(response, this);
    if (this.#isOver) return;
    this.#response = response;
    const { statusCode, socket, httpVersion, headers } = response;
    const attributes: Attributes = {
      'http.response.status_code': statusCode,
      'network.peer.address': socket?.remoteAddress,
      'network.peer.port': socket?.remotePort,
      'network.protocol.version': socket ? httpVersion : undefined,
    };
    this.#side.captureRequest?.(attributes, (name) => request.getHeader(name));
    this.#side.captureResponse?.(attributes, (name) => headers[name]);
    this.#span.setAttributes(attributes);
  }

  #finish(response: IncomingMessage): void {
    if (this.#isOver) return;
    const { statusCode = 0 } = response;
    const isCut = response.aborted && !response.complete;
    const isError = statusCode >= FIRST_ERROR && statusCode <= LAST_ERROR;
    if (isError && !isCut) this.#span.setAttribute('error.type', String(statusCode));
    if (isCut || !(statusCode >= 100 && statusCode < FIRST_ERROR)) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#end();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    recordFailure(this.#span, error);
    this.#end((error as Partial<Error> | null)?.name);
  }

  #end(errorType?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#span.isRecording()) this.#span.end();
    const { statusCode = 0, httpVersion } = this.#response ?? {};
    this.#response = undefined;
    if (this.#metricAttributes === undefined) return;
    const statusError = statusCode >= FIRST_ERROR && statusCode <= LAST_ERROR ? String(statusCode) : undefined;
    this.#side.durations?.record(this.#startMs, {
      ...this.#metricAttributes,
      'network.protocol.version': httpVersion,
      'http.response.status_code': statusCode || undefined,
      'error.type': errorType ?? statusError,
    });
  }
}
