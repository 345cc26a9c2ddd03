import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Http2Server, IncomingHttpHeaders as Http2Headers, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Server, Socket as TcpSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Cleanup } from './cleanup.ts';
import { decodeOtlp } from './decode-otlp.ts';
import { decodeAgentMessage, decodeJaegerBatch } from './decode-thrift.ts';
import { fromJaeger, fromOtlp } from './received-span.ts';
import type { Protocol, ReceivedSpan } from './received-span.ts';

/**
 * How requests are answered: at once (`mock`), after `delayMs` (`slow`), never (`hole`), or with
 * `status` and `headers` (`status`).
 */
export type CollectorMode = 'mock' | 'slow' | 'hole' | 'status';

export interface CollectorOptions {
  readonly mode?: CollectorMode;
  /** Under `slow`, where the default is 250, and under `status`. */
  readonly delayMs?: number;
  /** Under `status`; default 503. gRPC clients get UNAVAILABLE for it. */
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  /** Under `status`: only so many requests are answered so, the rest as under `mock`. */
  readonly times?: number;
  /** Default: any free one. */
  readonly port?: number;
  /** Listens on the two UDP ports of a Jaeger agent too. */
  readonly agent?: boolean;
  /** Takes OTLP over gRPC too. */
  readonly grpc?: boolean;
  /** Lets the test end well although bodies came that cannot be decoded. */
  readonly allowUndecodable?: boolean;
}

export interface CollectorRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as sent, still compressed. */
  readonly body: Uint8Array;
  /** Bytes of `body`. */
  readonly bytes: number;
  readonly atMs: number;
  /** What was in it, accepted or not. */
  readonly spans: readonly ReceivedSpan[];
  /** The status it was answered with; undefined while (or because) there is no answer. */
  readonly status: number | undefined;
}

/** A server in the place of Jaeger or an OTLP collector, that shows what it was sent. */
export class Collector {
  /** Spans of the bodies that were accepted, in the order of arrival. */
  readonly spans: ReceivedSpan[] = [];
  /** Every request whose body came in whole, in the order of arrival; UDP packets are none. */
  readonly requests: CollectorRequest[] = [];
  /** TCP connections: all that were opened, those open now, and the most at one time. */
  readonly connections = { opened: 0, open: 0, peak: 0 };
  /** Why bodies could not be decoded. */
  readonly undecodable: string[] = [];
  /** May be changed at any time; requests that hang stay hanging. */
  mode: CollectorMode;

  readonly #options: CollectorOptions;
  readonly #http = createServer((request, response) => void this.#onRequest(request, response));
  readonly #grpc: Http2Server | undefined;
  readonly #compact: Socket | undefined;
  readonly #binary: Socket | undefined;
  readonly #sockets = new Set<TcpSocket>();
  readonly #watchers = new Set<() => void>();
  #timesLeft: number;
  #closed = false;

  constructor(options: CollectorOptions = {}) {
    this.#options = options;
    this.mode = options.mode ?? 'mock';
    this.#timesLeft = options.times ?? Infinity;
    this.#watchConnections(this.#http);
    if (options.grpc === true) {
      this.#grpc = createHttp2Server();
      this.#watchConnections(this.#grpc);
      this.#grpc.on('stream', (stream, headers) => void this.#onStream(stream, headers));
    }
    if (options.agent === true) {
      this.#compact = this.#agentSocket('jaeger-udp-compact');
      this.#binary = this.#agentSocket('jaeger-udp-binary');
    }
  }

  async listen(): Promise<void> {
    await listening(this.#http, this.#options.port ?? 0);
    if (this.#grpc) await listening(this.#grpc, 0);
    if (this.#compact) await bound(this.#compact);
    if (this.#binary) await bound(this.#binary);
  }

  get port(): number {
    return portOf(this.#http);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get jaegerUrl(): string {
    return `${this.url}/api/traces`;
  }

  get otlpUrl(): string {
    return `${this.url}/v1/traces`;
  }

  get grpcUrl(): string {
    if (!this.#grpc) throw new Error('startCollector(t, { grpc: true }) takes gRPC');
    return `http://127.0.0.1:${portOf(this.#grpc)}`;
  }

  get agentCompactPort(): number {
    return this.#agentPort(this.#compact);
  }

  get agentBinaryPort(): number {
    return this.#agentPort(this.#binary);
  }

  /**
   * Waits until so many spans have been accepted, or until the predicate likes them.
   *
   * @returns the spans accepted by then
   */
  async waitForSpans(
    wanted: number | ((spans: readonly ReceivedSpan[]) => boolean),
    timeoutMs = 5000,
  ): Promise<readonly ReceivedSpan[]> {
    const met = (): boolean => (typeof wanted === 'number' ? this.spans.length >= wanted : wanted(this.spans));
    await this.#waitUntil(met, timeoutMs, typeof wanted === 'number' ? `${wanted} spans` : String(wanted));
    return this.spans;
  }

  /** Waits until so many requests have come in whole, accepted or not. */
  async waitForRequests(count: number, timeoutMs = 5000): Promise<readonly CollectorRequest[]> {
    await this.#waitUntil(() => this.requests.length >= count, timeoutMs, `${count} requests`);
    return this.requests;
  }

  /** Ends every connection and frees the ports; what arrived can still be read. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const servers = [this.#http, this.#grpc].filter((server) => server !== undefined);
    const ends = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    this.#compact?.close();
    this.#binary?.close();
    await Promise.all(ends);
  }

  #waitUntil(met: () => boolean, timeoutMs: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        finish();
      };
      const watch = (): void => {
        let isMet: boolean;
        try {
          isMet = met();
        } catch (error) {
          settle(() => reject(error));
          return;
        }
        if (isMet) settle(resolve);
        else if (this.undecodable.length > 0 && this.#options.allowUndecodable !== true) {
          settle(() => reject(new Error(`waiting for ${what}: ${this.undecodable.join('\n')}`)));
        }
      };
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`no ${what} within ${timeoutMs} ms; ${this.#describe()}`)));
      }, timeoutMs);
      this.#watchers.add(watch);
      watch();
    });
  }

  #describe(): string {
    const spans = this.spans.slice(0, 50).map((span) => `  ${span.service}: ${span.kind} ${span.name}`);
    const requests = this.requests
      .slice(-5)
      .map(({ method, path, bytes, status }) => `  ${method} ${path} (${bytes} bytes) ${status ?? 'unanswered'}`);
    return [
      `${this.spans.length} spans in ${this.requests.length} requests over ${this.connections.opened} connections`,
      ...spans,
      ...requests,
    ].join('\n');
  }

  #changed(): void {
    for (const watch of this.#watchers) watch();
  }

  #watchConnections(server: Server | Http2Server): void {
    server.on('connection', (socket: TcpSocket) => {
      this.#sockets.add(socket);
      this.connections.opened++;
      this.connections.open++;
      this.connections.peak = Math.max(this.connections.peak, this.connections.open);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.connections.open--;
      });
    });
  }

  #decode<T>(what: string, decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      this.undecodable.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return undefined;
    }
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = Buffer.concat(await request.toArray());
    } catch {
      return; // The client went away in the middle of its body.
    }
    const { method = '', url = '', headers } = request;
    const path = url.replace(/\?.*/s, '');
    const decoder = method === 'POST' ? decoderFor(path, headers['content-type'] ?? '') : undefined;
    const spans = decoder && this.#decode(`POST ${path}`, () => decoder.decode(unpacked(body, headers)));
    const accepted = path.startsWith('/v1/') ? 200 : 202;
    const answer = spans ? accepted : decoder ? 400 : 404;
    const record = {
      method,
      path: url,
      headers,
      body,
      bytes: body.length,
      atMs: performance.now(),
      spans: spans ?? [],
    };
    await this.#answer(record, answer, (status, extra) => {
      const json = headers['content-type']?.includes('json') === true;
      response.writeHead(status, { 'content-type': json ? 'application/json' : 'application/x-protobuf', ...extra });
      response.end(status === 200 && json ? '{}' : '');
    });
  }

  async #onStream(stream: ServerHttp2Stream, headers: Http2Headers): Promise<void> {
    stream.on('error', () => {});
    let body: Buffer;
    try {
      body = Buffer.concat(await stream.toArray());
    } catch {
      return;
    }
    const path = headers[':path'] ?? '';
    const known = path === '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const spans = known ? this.#decode(path, () => fromOtlp(decodeGrpc(body, headers), 'otlp-grpc')) : undefined;
    const answer = spans ? 200 : known ? 400 : 404;
    const { ':method': method = '' } = headers;
    const record = { method, path, headers, body, bytes: body.length, atMs: performance.now(), spans: spans ?? [] };
    await this.#answer(record, answer, (status, extra) => {
      if (stream.destroyed) return;
      const code = grpcStatus(status);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...extra }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': code, 'grpc-message': `HTTP ${status}` }));
      // An empty message: no flag, length 0.
      stream.end(code === '0' ? Buffer.alloc(5) : undefined);
    });
  }

  /** Takes a decoded request the way the mode says; `otherwise` is the answer of a collector in good health. */
  async #answer(
    request: Omit<CollectorRequest, 'status'>,
    otherwise: number,
    send: (status: number, headers: OutgoingHttpHeaders) => void,
  ): Promise<void> {
    const { mode } = this;
    const record: { -readonly [K in keyof CollectorRequest]: CollectorRequest[K] } = { ...request, status: undefined };
    this.requests.push(record);
    const refuse = mode === 'status' && this.#timesLeft-- > 0;
    const status = refuse ? (this.#options.status ?? 503) : otherwise;
    if (mode !== 'hole' && status < 300) this.spans.push(...request.spans);
    this.#changed();
    if (mode === 'hole') return;
    const { delayMs = mode === 'slow' ? 250 : 0 } = this.#options;
    if (delayMs > 0 && mode !== 'mock') await delay(delayMs);
    if (this.#closed) return;
    record.status = status;
    send(status, refuse ? (this.#options.headers ?? {}) : {});
    this.#changed();
  }

  #agentSocket(protocol: 'jaeger-udp-compact' | 'jaeger-udp-binary'): Socket {
    const socket = createSocket('udp4');
    socket.on('message', (packet) => {
      const compact = packet[0] === 0x82;
      const spans = this.#decode(protocol, () => {
        if (compact !== (protocol === 'jaeger-udp-compact')) throw new Error('sent to the port of the other protocol');
        return fromJaeger(decodeAgentMessage(packet), protocol);
      });
      if (spans && this.mode !== 'hole') this.spans.push(...spans);
      this.#changed();
    });
    return socket;
  }

  #agentPort(socket: Socket | undefined): number {
    if (!socket) throw new Error('startCollector(t, { agent: true }) listens for agents');
    return socket.address().port;
  }
}

function decoderFor(path: string, contentType: string): { decode(bytes: Uint8Array): ReceivedSpan[] } | undefined {
  if (path === '/api/traces') return { decode: (bytes) => fromJaeger(decodeJaegerBatch(bytes), 'jaeger-http') };
  if (path !== '/v1/traces') return undefined;
  const protocol: Protocol = contentType.includes('json') ? 'otlp-http-json' : 'otlp-http-protobuf';
  return { decode: (bytes) => fromOtlp(decodeOtlp(bytes, contentType), protocol) };
}

function unpacked(body: Uint8Array, headers: IncomingHttpHeaders): Uint8Array {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding === 'gzip') return gunzipSync(body);
  throw new Error(`content-encoding ${encoding}`);
}

// One message of a gRPC body: flag "compressed" (1 byte), length (4 bytes, big endian), message.
function decodeGrpc(body: Buffer, headers: Http2Headers): ReturnType<typeof decodeOtlp> {
  const length = body.readUInt32BE(1);
  if (body.length !== 5 + length) throw new Error(`${body.length} bytes for one message of ${length}`);
  const compressed = body[0] === 1;
  const { 'grpc-encoding': encoding } = headers;
  if (compressed && encoding !== 'gzip') throw new Error(`grpc-encoding ${String(encoding)}`);
  const message = body.subarray(5);
  return decodeOtlp(compressed ? gunzipSync(message) : message, 'application/x-protobuf');
}

// OK, INVALID_ARGUMENT, UNIMPLEMENTED, RESOURCE_EXHAUSTED, UNAVAILABLE
function grpcStatus(status: number): string {
  if (status < 300) return '0';
  if (status === 404) return '12';
  if (status === 429) return '8';
  return status < 500 ? '3' : '14';
}

function listening(server: Server | Http2Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function bound(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve());
  });
}

function portOf(server: Server | Http2Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Starts a collector on 127.0.0.1 that decodes what it is sent: Jaeger Thrift on `/api/traces`,
 * OTLP (protobuf, JSON, gzip) on `/v1/traces`.
 *
 * With `t` it closes itself after the test, and a body that nobody could decode fails the test.
 */
export async function startCollector(t?: Cleanup, options: CollectorOptions = {}): Promise<Collector> {
  const collector = new Collector(options);
  await collector.listen();
  t?.after(async () => {
    await collector.close();
    if (collector.undecodable.length > 0 && options.allowUndecodable !== true) {
      throw new Error(collector.undecodable.join('\n'));
    }
  });
  return collector;
}
