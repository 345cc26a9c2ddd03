import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { type Attributes, context, propagation, SpanKind, type SpanOptions, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { parseAuthority } from './authority.ts';
import { carryBoundClass } from '../bound-emit.ts';
import { isGrpc } from './grpc.ts';
import { Http2ClientExchange } from './http2-client-exchange.ts';
import type { HttpClients } from './http-clients.ts';
import type { MethodName } from './method.ts';
import { withHeaders } from './request-headers.ts';
import { parseTarget } from './target.ts';

type Connect = (authority: string | URL, ...rest: unknown[]) => ClientHttp2Session;
type Request = (this: ClientHttp2Session, headers?: object, ...rest: unknown[]) => ClientHttp2Stream;

/** The function of `node:http2` that connects to a server. */
export interface ConnectFunction {
  connect: Connect;
}

/** @param headers of a request: an object, or a list of names and values */
function headerOf(headers: object, name: string): string | undefined {
  if (Array.isArray(headers)) {
    const at = headers.findIndex((one: unknown, index) => index % 2 === 0 && textOf(one)?.toLowerCase() === name);
    return at === -1 ? undefined : textOf(headers[at + 1]);
  }
  return textOf((headers as Record<string, unknown>)[name]);
}

function textOf(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' || typeof one === 'number' ? String(one) : undefined;
}

/** What the tracer is given; the attributes are made when it asks for them, which it does for a recorded span only. */
class RequestSpan implements SpanOptions {
  readonly kind = SpanKind.CLIENT;
  readonly #headers: object;
  readonly #origin: URL | undefined;
  readonly #methodName: MethodName;

  constructor(headers: object, origin: URL | undefined, methodName: MethodName) {
    this.#headers = headers;
    this.#origin = origin;
    this.#methodName = methodName;
  }

  get attributes(): Attributes {
    const method = headerOf(this.#headers, ':method') ?? 'GET';
    const name = this.#methodName(method);
    const path = headerOf(this.#headers, ':path') ?? '/';
    const target = path.includes('?') ? parseTarget(path) : undefined;
    return {
      'http.request.method': name,
      ...this.#server(),
      'url.full': `${this.#scheme()}://${this.#authority()}${target === undefined ? path : `${target.path}?${target.query ?? ''}`}`,
      'user_agent.original': headerOf(this.#headers, 'user-agent'),
      'http.request.method_original': name === method ? undefined : method,
    };
  }

  get metricAttributes(): Attributes {
    return { 'http.request.method': this.#methodName(headerOf(this.#headers, ':method') ?? 'GET'), ...this.#server() };
  }

  #server(): Attributes {
    const { address, port } = parseAuthority(this.#authority(), this.#scheme());
    return { 'server.address': address, 'server.port': port };
  }

  #authority(): string {
    return (
      headerOf(this.#headers, ':authority') ?? headerOf(this.#headers, 'host') ?? this.#origin?.host ?? 'localhost'
    );
  }

  #scheme(): string {
    return headerOf(this.#headers, ':scheme') ?? this.#origin?.protocol.slice(0, -1) ?? 'https';
  }
}

/**
 * Traces the requests that the process makes by `node:http2`, but for those that whoever makes them traces himself: gRPC, and
 * all that have the headers of a trace already.
 */
export class Http2Clients {
  readonly #clients: HttpClients;
  readonly #onError: (error: unknown) => void;
  readonly #origins = new WeakMap<ClientHttp2Session, URL>();
  readonly #patched = new WeakSet<object>();

  /** @param onError told what goes wrong in here; the request is made untraced */
  constructor(clients: HttpClients, onError: (error: unknown) => void) {
    this.#clients = clients;
    this.#onError = onError;
  }

  patch(functions: ConnectFunction): void {
    const original = functions.connect;
    const watch = (session: ClientHttp2Session, authority: string | URL): ClientHttp2Session => {
      // Node.js does not export the class; it is known from the first session.
      this.#patchClass(Object.getPrototypeOf(session) as { request: Request });
      if (URL.canParse(String(authority))) this.#origins.set(session, new URL(authority));
      return session;
    };
    functions.connect = function connect(authority, ...rest) {
      return watch(original(authority, ...rest), authority);
    };
  }

  #patchClass(prototype: { request: Request }): void {
    if (this.#patched.has(prototype)) return;
    this.#patched.add(prototype);
    const original = prototype.request;
    const start = (session: ClientHttp2Session, headers: object | undefined): Started | undefined =>
      this.#start(session, headers);
    const onError = this.#onError;
    prototype.request = function request(headers, ...rest) {
      const started = start(this, headers);
      if (started === undefined) return Reflect.apply(original, this, [headers, ...rest]);
      const { exchange } = started;
      let stream: ClientHttp2Stream | undefined;
      try {
        stream = Reflect.apply(original, this, [started.headers, ...rest]);
      } finally {
        // Not caught, see HttpClients.
        if (stream === undefined) exchange.refuse();
      }
      try {
        carryBoundClass(stream, exchange);
      } catch (error) {
        onError(error);
      }
      return stream;
    };
  }

  #start(session: ClientHttp2Session, given: object | undefined): Started | undefined {
    try {
      const { tracer, methodName, durations } = this.#clients;
      const parent = context.active();
      const headers = given ?? {};
      if (tracer === undefined || typeof headers !== 'object' || isTracingSuppressed(parent)) return undefined;
      if (isGrpc(headerOf(headers, 'content-type'))) return undefined;
      if (propagation.fields().some((name) => headerOf(headers, name) !== undefined)) return undefined;
      const options = new RequestSpan(headers, this.#origins.get(session), methodName);
      const span = tracer.startSpan((headerOf(headers, ':method') ?? 'GET').toUpperCase(), options, parent);
      const carrier: Record<string, string> = {};
      propagation.inject(trace.setSpan(parent, span), carrier);
      return {
        headers: withHeaders(headers, carrier),
        exchange: new Http2ClientExchange(this.#clients, parent, span, durations && options.metricAttributes),
      };
    } catch (error) {
      this.#onError(error);
      return undefined;
    }
  }
}

/** A request whose span has been started and that is to be made. */
interface Started {
  readonly headers: object;
  readonly exchange: Http2ClientExchange;
}
