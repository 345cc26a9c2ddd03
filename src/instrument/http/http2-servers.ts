import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { type Context, context } from '@opentelemetry/api';
import { carryBoundClass } from '../bound-emit.ts';
import { isGrpc } from './grpc.ts';
import type { HeaderValue } from './header-capture.ts';
import type { HttpServers } from './http-servers.ts';
import type { ServerRequest } from './server-attributes.ts';
import type { Answer } from './server-exchange.ts';

type Emit = (this: EventEmitter, event: string | symbol, ...values: unknown[]) => boolean;
type CreateServer = (...args: unknown[]) => EventEmitter;

/** The functions of `node:http2` that make servers. */
export interface ServerFunctions {
  createServer: CreateServer;
  createSecureServer: CreateServer;
}

/** What is read of a stream in the place of a request, and of a response. */
class StreamRequest implements ServerRequest, Answer {
  readonly httpVersion = '2';
  readonly headers: IncomingHttpHeaders;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#stream = stream;
    this.headers = headers;
  }

  get method(): string | undefined {
    return this.headers[':method'];
  }

  get url(): string | undefined {
    return this.headers[':path'];
  }

  get socket(): ServerRequest['socket'] {
    return this.#stream.session?.socket ?? {};
  }

  get statusCode(): number | undefined {
    return this.#stream.sentHeaders?.[':status'] as number | undefined;
  }

  getHeader(name: string): HeaderValue {
    return this.#stream.sentHeaders?.[name];
  }
}

/**
 * Traces the requests to the process's HTTP/2 servers, whether they are served by streams or by requests and responses as
 * of HTTP/1: both come out of the event 'stream', in which the context is attached.
 *
 * The channels of `node:http2` are published one tick before that, where the context would stay with the connection.
 */
export class Http2Servers {
  readonly #servers: HttpServers;
  readonly #onError: (error: unknown) => void;
  readonly #bound = new WeakSet<object>();

  /** @param onError told what goes wrong in here; the request is served untraced */
  constructor(servers: HttpServers, onError: (error: unknown) => void) {
    this.#servers = servers;
    this.#onError = onError;
  }

  patch(functions: ServerFunctions): void {
    const { createServer: plain, createSecureServer: secure } = functions;
    const watch = (server: EventEmitter, connected: string): EventEmitter => {
      const prototype = Object.getPrototypeOf(server) as EventEmitter;
      if (!this.#bound.has(prototype)) server.prependOnceListener(connected, () => this.#bindClass(prototype));
      return server;
    };
    functions.createServer = function createServer(...args) {
      return watch(plain(...args), 'connection');
    };
    functions.createSecureServer = function createSecureServer(...args) {
      return watch(secure(...args), 'secureConnection');
    };
  }

  /**
   * Node.js does not export the classes of its servers; they are known from the first of each.
   *
   * Not before the first connection: what listens to a server until then is told to its 'newListener' by the `emit` of all
   * emitters. With another one there, V8 inlines that call no longer, in no emitter of the process: for each stream of
   * HTTP/2 that is 500 bytes more.
   */
  #bindClass(prototype: EventEmitter): void {
    if (this.#bound.has(prototype)) return;
    this.#bound.add(prototype);
    const { emit } = prototype as { emit: Emit };
    const begin = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Context | undefined =>
      this.#begin(stream, headers);
    // Neither copies its arguments: every call of gRPC comes by here, to be left alone.
    function streamEmit(this: EventEmitter, event: string | symbol, stream?: unknown, headers?: unknown): boolean {
      const started =
        event === 'stream' ? begin(stream as ServerHttp2Stream, headers as IncomingHttpHeaders) : undefined;
      // oxlint-disable-next-line prefer-rest-params
      if (started === undefined) return Reflect.apply(emit, this, arguments) as boolean;
      const token = context.attach(started);
      try {
        // oxlint-disable-next-line prefer-rest-params
        return Reflect.apply(emit, this, arguments) as boolean;
      } finally {
        token.dispose();
      }
    }
    Object.defineProperty(streamEmit, 'name', { value: 'emit' });
    (prototype as { emit: Emit }).emit = streamEmit;
  }

  #begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Context | undefined {
    try {
      // What CONNECT opens is a connection, as what comes of an upgrade.
      if (headers[':method'] === 'CONNECT' || isGrpc(headers['content-type'])) return undefined;
      const request = new StreamRequest(stream, headers);
      const exchange = this.#servers.begin(request, headers[':authority'] ?? headers.host, stream, request);
      if (exchange !== undefined) carryBoundClass(stream, exchange);
      return exchange?.context;
    } catch (error) {
      this.#onError(error);
      return undefined;
    }
  }
}
