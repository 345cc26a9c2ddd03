import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Attributes, context, propagation, ROOT_CONTEXT, SpanKind, type Tracer } from '@opentelemetry/api';
import { getRPCMetadata, suppressTracing } from '@opentelemetry/core';
import { type AttributeList, type ListedSpanOptions, toAttributes } from '../../core/attribute-list.ts';
import { carry } from '../carried.ts';
import type { Durations } from './durations.ts';
import type { Exchange } from '../exchange.ts';
import { type HeaderCapture, headerCapture } from './header-capture.ts';
import { type MethodName, methodNames } from './method.ts';
import { serverAttributes, serverMetricAttributes, type ServerRequest } from './server-attributes.ts';
import { ParserMemory } from './parser-memory.ts';
import { RouteNames } from './route-names.ts';
import { type Answer, ServerExchange, type ServerSide } from './server-exchange.ts';
import type { HttpSettings } from './settings.ts';

/** Published by `node:http` for each request with its headers, in the very call that then emits 'request'. */
const REQUEST_START = 'http.server.request.start';

/** Published by `node:http` when a response is written, before it makes its connection ready for the next request. */
const RESPONSE_FINISH = 'http.server.response.finish';

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What the tracer is given; the attributes are made when it asks for them, which it does for a recorded span only. */
class RequestSpan implements ListedSpanOptions {
  readonly kind = SpanKind.SERVER;
  readonly #request: ServerRequest;
  readonly #host: string | undefined;
  readonly #methodName: MethodName;
  readonly #captureHeaders: HeaderCapture | undefined;

  constructor(
    request: ServerRequest,
    host: string | undefined,
    methodName: MethodName,
    captureHeaders: HeaderCapture | undefined,
  ) {
    this.#request = request;
    this.#host = host;
    this.#methodName = methodName;
    this.#captureHeaders = captureHeaders;
  }

  get attributeList(): AttributeList {
    return serverAttributes(this.#request, this.#host, this.#methodName, this.#captureHeaders);
  }

  get attributes(): Attributes {
    return toAttributes(this.attributeList);
  }
}

/** All of the exchanges that are not recorded. */
const ignored: Exchange = { context: suppressTracing(ROOT_CONTEXT), note: () => {} };

/**
 * Traces the requests to the process's HTTP servers, by the channel that Node.js publishes them on: nothing is patched, and
 * no code of ours is on the stack when the app's handler runs, so what it throws is printed as it is untraced.
 *
 * The context is attached and never detached: it ends with the call of the HTTP parser. On Node.js 20 and 22 the parser
 * remembers it for its later calls, which are those of the same request's body, until the response is over.
 */
export class HttpServers implements ServerSide {
  tracer: Tracer | undefined;
  durations: Durations | undefined;
  readonly captureResponse: HeaderCapture | undefined;
  readonly memory = new ParserMemory();
  readonly names = new RouteNames();
  readonly #captureRequest: HeaderCapture | undefined;
  readonly #ignores: HttpSettings['ignores'];
  readonly #methodName: MethodName;

  constructor({ ignores, knownMethods, capturedHeaders }: HttpSettings) {
    this.#ignores = ignores;
    this.#methodName = methodNames(knownMethods);
    this.#captureRequest = headerCapture('request', capturedHeaders.serverRequest);
    this.captureResponse = headerCapture('response', capturedHeaders.serverResponse);
  }

  /**
   * @param onError told what goes wrong in here; the request is served untraced
   * @returns ends it
   */
  watch(onError: (error: unknown) => void): () => void {
    const onStart = (message: unknown): void => {
      try {
        this.#trace(message as RequestStart);
      } catch (error) {
        onError(error);
      }
    };
    subscribe(REQUEST_START, onStart);
    subscribe(RESPONSE_FINISH, leaveContext);
    return () => {
      unsubscribe(REQUEST_START, onStart);
      unsubscribe(RESPONSE_FINISH, leaveContext);
    };
  }

  #trace({ request, response }: RequestStart): void {
    const exchange = this.begin(request, request.headers.host, response, response);
    if (exchange === undefined) return;
    carry(request, exchange);
    carry(response, exchange);
    context.attach(exchange.context);
    if (exchange instanceof ServerExchange) exchange.holder = this.memory.holderOf(exchange.context);
  }

  /**
   * Starts the span of a request.
   *
   * @param host that it names
   * @param emitter whose close ends it, and whose error
   * @returns undefined where there is nobody to record it yet
   */
  begin(request: ServerRequest, host: string | undefined, emitter: object, answer: Answer): Exchange | undefined {
    if (this.tracer === undefined) return undefined;
    const { method = 'GET', url = '/' } = request;
    if (this.#ignores?.(url)) return ignored;
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const options = new RequestSpan(request, host, this.#methodName, this.#captureRequest);
    const span = this.tracer.startSpan(method, options, parent);
    const measured = this.durations && serverMetricAttributes(request, this.#methodName);
    return new ServerExchange(this, parent, span, method, emitter, answer, measured);
  }
}

/**
 * A connection that waits for its next request has a timer, which would keep the last request's context, and so its span,
 * for as long. Where the app waits for the response too, it comes next, and has to be in that context.
 *
 * Never detached: Node.js calls this from a callback of the socket, for its own sake.
 */
function leaveContext(message: unknown): void {
  const { response } = message as Pick<RequestStart, 'response'>;
  if (response.listenerCount('finish') === 1) context.attach(ROOT_CONTEXT);
}

/** Ends the span of the request in whose context an error has come up that nobody catches. */
export function failActiveRequest(error: unknown): void {
  const exchange = getRPCMetadata(context.active());
  if (exchange instanceof ServerExchange) exchange.fail(error);
}
