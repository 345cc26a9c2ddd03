import type { ClientRequest } from 'node:http';
import {
  type Attributes,
  type Context,
  context,
  propagation,
  SpanKind,
  type SpanOptions,
  type TextMapSetter,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { carryBound } from '../bound-emit.ts';
import { ClientExchange } from './client-exchange.ts';
import {
  type ClientTarget,
  clientTarget,
  type RequestArguments,
  type Scheme,
  serverOf,
  urlOf,
} from './client-target.ts';
import type { Durations } from './durations.ts';
import { type HeaderCapture, headerCapture } from './header-capture.ts';
import { type MethodName, methodNames } from './method.ts';
import type { ClientSide } from './outgoing-request.ts';
import { readRequestHeaders, type RequestHeaders, withHeaders } from './request-headers.ts';
import type { HttpSettings } from './settings.ts';

type MakeRequest = (...args: RequestArguments) => ClientRequest;

/** The functions of `node:http` and `node:https` that make requests. */
export interface RequestFunctions {
  request: MakeRequest;
  get: MakeRequest;
}

const intoRequest: TextMapSetter<ClientRequest> = {
  set: (request, name, value) => void request.setHeader(name, value),
};

/** A request whose span has been started and that is to be made. */
interface Started {
  readonly inside: Context;
  readonly args: RequestArguments;
  readonly exchange: ClientExchange;
}

/** What the tracer is given; the attributes are made when it asks for them, which it does for a recorded span only. */
class RequestSpan implements SpanOptions {
  readonly kind = SpanKind.CLIENT;
  readonly #scheme: Scheme;
  readonly #target: ClientTarget;
  readonly #headers: RequestHeaders;
  readonly #methodName: MethodName;

  constructor(scheme: Scheme, target: ClientTarget, headers: RequestHeaders, methodName: MethodName) {
    this.#scheme = scheme;
    this.#target = target;
    this.#headers = headers;
    this.#methodName = methodName;
  }

  get attributes(): Attributes {
    const target = this.#target;
    const method = target.method || 'GET';
    const name = this.#methodName(method);
    const { address, port } = serverOf(this.#scheme, target);
    return {
      'http.request.method': name,
      'server.address': address,
      'server.port': port,
      'url.full': urlOf(this.#scheme, target),
      'user_agent.original': this.#headers.userAgent,
      'http.request.method_original': name === method ? undefined : method,
    };
  }

  get metricAttributes(): Attributes {
    const { address, port } = serverOf(this.#scheme, this.#target);
    return {
      'http.request.method': this.#methodName(this.#target.method || 'GET'),
      'server.address': address,
      'server.port': port,
    };
  }
}

/** The arguments with the trace among the headers, for a request whose head is written before we see it. */
function withTrace(args: RequestArguments, inside: Context): RequestArguments {
  const carrier: Record<string, string> = {};
  propagation.inject(inside, carrier);
  const at = hasHeaders(args[1]) ? 1 : 0;
  return args.map((argument, index) =>
    index === at && hasHeaders(argument) ? { ...argument, headers: withHeaders(argument.headers, carrier) } : argument,
  );
}

function hasHeaders(argument: unknown): argument is { readonly headers: object } {
  return typeof argument === 'object' && argument !== null && 'headers' in argument;
}

/**
 * Traces the requests that the process makes by `node:http` and `node:https`.
 *
 * The functions are patched: what Node.js publishes of a request on its channels comes when the head may already be
 * written, does not tell the port, and on Node.js 20 not before it has been sent.
 */
export class HttpClients implements ClientSide {
  tracer: Tracer | undefined;
  durations: Durations | undefined;
  readonly captureRequest: HeaderCapture | undefined;
  readonly captureResponse: HeaderCapture | undefined;
  readonly methodName: MethodName;

  constructor({ knownMethods, capturedHeaders }: HttpSettings) {
    this.methodName = methodNames(knownMethods);
    this.captureRequest = headerCapture('request', capturedHeaders.clientRequest);
    this.captureResponse = headerCapture('response', capturedHeaders.clientResponse);
  }

  /** @param onError told what goes wrong in here; the request is made untraced */
  patch(functions: RequestFunctions, scheme: Scheme, onError: (error: unknown) => void): void {
    const original = functions.request;
    const send: MakeRequest = (...args) => {
      let exchange: Started | undefined;
      try {
        exchange = this.#start(scheme, args);
      } catch (error) {
        onError(error);
      }
      return exchange === undefined ? original(...args) : this.#send(original, exchange, onError);
    };
    functions.request = function request(...args) {
      return send(...args);
    };
    functions.get = function get(...args) {
      const request = send(...args);
      request.end();
      return request;
    };
  }

  #start(scheme: Scheme, args: RequestArguments): Started | undefined {
    const { tracer } = this;
    const target = clientTarget(args);
    const parent = context.active();
    if (tracer === undefined || target === undefined || isTracingSuppressed(parent)) return undefined;
    const { method } = target;
    const headers = readRequestHeaders(target.headers);
    const options = new RequestSpan(scheme, target, headers, this.methodName);
    const span = tracer.startSpan(typeof method === 'string' && method ? method.toUpperCase() : 'GET', options, parent);
    const inside = trace.setSpan(parent, span);
    return {
      inside,
      args: headers.isFinal ? withTrace(args, inside) : args,
      exchange: new ClientExchange(this, parent, span, this.durations && options.metricAttributes),
    };
  }

  #send(
    makeRequest: MakeRequest,
    { inside, args, exchange }: Started,
    onError: (error: unknown) => void,
  ): ClientRequest {
    let request: ClientRequest | undefined;
    // What the agent does to connect is part of it.
    const token = context.attach(inside);
    try {
      request = makeRequest(...args);
    } finally {
      token.dispose();
      // The error is not caught to look at it: Node.js prints the line that has thrown it last.
      if (request === undefined) exchange.refuse();
    }
    try {
      carryBound(request, exchange);
      if (!request.headersSent) propagation.inject(inside, request, intoRequest);
    } catch (error) {
      onError(error);
    }
    return request;
  }
}
