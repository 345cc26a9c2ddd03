import { type Attributes, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Durations } from './durations.ts';
import type { Exchange } from '../exchange.ts';
import { recordFailure } from './failure.ts';
import type { HeaderCapture, HeaderValue } from './header-capture.ts';

/** What all requests of the process as a client have in common. */
export interface ClientSide {
  readonly captureRequest: HeaderCapture | undefined;
  readonly captureResponse: HeaderCapture | undefined;
  readonly durations: Durations | undefined;
}

/** What is read of a response when it comes. */
export interface Response {
  readonly statusCode: number;
  readonly httpVersion: string;
  readonly socket:
    | { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined }
    | undefined;
  readonly requestHeader: (name: string) => HeaderValue;
  readonly responseHeader: (name: string) => HeaderValue;
}

const FIRST_ERROR = 400;
const LAST_ERROR = 599;

/**
 * The span of a request that goes out, until its response has been read. Listeners are called in the context of whoever
 * makes the request.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export abstract class OutgoingRequest implements Exchange {
  readonly context: Context;
  readonly #side: ClientSide;
  readonly #span: Span;
  readonly #startMs: number;
  readonly #metricAttributes: Attributes | undefined;
  #statusCode = 0;
  #httpVersion: string | undefined;
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

  abstract note(emitter: object, event: string | symbol, value: unknown): void;

  /** Ends it where Node.js has thrown an error that is not known here. */
  refuse(): void {
    if (this.#isOver) return;
    this.#span.setAttribute('error.type', '_OTHER');
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.end('_OTHER');
  }

  /** The response has come. */
  protected answer({ statusCode, httpVersion, socket, requestHeader, responseHeader }: Response): void {
    if (this.#isOver) return;
    this.#statusCode = statusCode;
    this.#httpVersion = httpVersion;
    const attributes: Attributes = {
      'http.response.status_code': statusCode,
      'network.peer.address': socket?.remoteAddress,
      'network.peer.port': socket?.remotePort,
      'network.protocol.version': socket ? httpVersion : undefined,
    };
    Object.assign(attributes, this.#side.captureRequest?.(requestHeader), this.#side.captureResponse?.(responseHeader));
    this.#span.setAttributes(attributes);
  }

  /** The response has been read. @param isCut not to its end */
  protected finish(isCut: boolean): void {
    if (this.#isOver) return;
    const errorType = this.#statusError();
    if (errorType !== undefined && !isCut) this.#span.setAttribute('error.type', errorType);
    const isGood = this.#statusCode >= 100 && this.#statusCode < FIRST_ERROR;
    if (isCut || !isGood) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.end();
  }

  protected fail(error: unknown): void {
    if (this.#isOver) return;
    recordFailure(this.#span, error);
    this.end((error as Partial<Error> | null)?.name);
  }

  protected end(errorType: string | undefined = this.#statusError()): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The app may have ended it already.
    if (this.#span.isRecording()) this.#span.end();
    if (this.#metricAttributes === undefined) return;
    this.#side.durations?.record(this.#startMs, {
      ...this.#metricAttributes,
      'network.protocol.version': this.#httpVersion,
      'http.response.status_code': this.#statusCode || undefined,
      'error.type': errorType,
    });
  }

  #statusError(): string | undefined {
    const statusCode = this.#statusCode;
    return statusCode >= FIRST_ERROR && statusCode <= LAST_ERROR ? String(statusCode) : undefined;
  }
}
