import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionOptions,
  IncomingHttpHeaders,
  SecureClientSessionOptions,
} from 'node:http2';
import { loadBuiltin } from '../core/builtin.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import type { Payload } from '../wire/encoder.ts';
import { authorityOf, hostOf, serverNameOf } from './authority.ts';
import { gzip } from './gzip.ts';
import { MAX_READ_BYTES } from './parse-answer.ts';
import { decodePartialSuccess, MAX_ANSWER_BYTES } from './partial-success.ts';
import { isTlsSetup, reason } from './reason.ts';
import { readTlsFiles } from './tls-files.ts';
import { CONNECT_TIMEOUT_MS, type NetworkTarget, type Outcome, type Transport } from './transport.ts';

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
/** CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const RETRYABLE = new Set(['1', '4', '8', '10', '11', '14', '15']);
/** HTTP answers of a proxy that stand for UNAVAILABLE. https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const RETRYABLE_HTTP = new Set([429, 502, 503, 504]);
/** PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED: not of the payload. */
const OF_TARGET = new Set(['7', '12', '16']);
/** What a session throws that ended a moment ago; anything else would be thrown again. */
const LATE_ERRORS = new Set(['ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_OUT_OF_STREAMS']);
const MESSAGE_HEAD_BYTES = 5;
/** The most that `grpc-timeout` can say: eight digits. */
const MAX_TIMEOUT_MS = 99_999_999;

/**
 * Sends OTLP protobuf payloads as unary gRPC calls over one HTTP/2 session.
 *
 * A gRPC message is one byte (compressed or not), four bytes of length, then the protobuf; the result is in the trailers.
 * `node:http2` is loaded by the first send; its session, once connected, never keeps the process alive. A new session asks
 * for the name's address anew.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function createGrpcTransport(config: NetworkTarget): Transport {
  const url = new URL(config.url);
  const { proxy, socketPath, tls: { files, ...texts } = {} } = config;
  let tls = texts;
  let session: Promise<ClientHttp2Session> | undefined;

  function renewTls(): void {
    if (files !== undefined) tls = { ...tls, ...readTlsFiles(files) };
  }

  async function connect(deadlineMs: number): Promise<ClientHttp2Session> {
    const options: ClientSessionOptions & SecureClientSessionOptions = { ...tls };
    if (socketPath !== undefined) options.createConnection = () => loadBuiltin('node:net').connect(socketPath);
    if (proxy !== undefined) {
      const { openTunnel } = await import('./proxy-tunnel.ts');
      const socket = await openTunnel(proxy, authorityOf(url), { deadlineMs });
      const host = hostOf(url);
      const secure = { ...tls, socket, host, servername: serverNameOf(url), ALPNProtocols: ['h2'] };
      options.createConnection = () => (url.protocol === 'https:' ? loadBuiltin('node:tls').connect(secure) : socket);
    }
    const opened = loadBuiltin('node:http2').connect(url.origin, options);
    opened.unref();
    // Each address of a name is tried with a handle of its own; the one that was unref'd may be gone.
    opened.once('connect', () => opened.unref());
    // The stream that met the trouble tells it; the next send opens a new session.
    opened.on('error', renewTls);
    opened.on('goaway', () => opened.close());
    return opened;
  }

  /** The session that is there or on its way, else a new one. */
  async function connected(deadlineMs: number): Promise<ClientHttp2Session> {
    const known = session;
    if (known !== undefined) {
      const opened = await known.catch(() => undefined);
      if (opened !== undefined && !opened.closed && !opened.destroyed) return opened;
    }
    // Another who waited for the same one may have opened the next.
    if (session === known || session === undefined) session = connect(deadlineMs);
    return await session;
  }

  async function call(message: Buffer, spans: number, deadlineMs: number, onHandedOver?: () => void): Promise<Outcome> {
    const opened = await connected(deadlineMs);
    return new Promise((resolve) => {
      const timeoutMs = Math.min(MAX_TIMEOUT_MS, Math.max(1, Math.ceil(msUntil(deadlineMs))));
      const stream: ClientHttp2Stream = opened.request({
        ...config.headers,
        ':method': 'POST',
        ':path': PATH,
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': `${timeoutMs}m`,
        ...(config.gzip ? { 'grpc-encoding': 'gzip' } : {}),
      });
      let headers: IncomingHttpHeaders = {};
      const answer: Buffer[] = [];
      let answerBytes = 0;
      let timer: NodeJS.Timeout | undefined;
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const giveUpIn = (ms: number, why: string): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          settle({ status: 'retryable', why });
          // A session that hangs is given up whole, so that the next send opens another.
          opened.destroy();
        }, ms).unref();
      };
      if (opened.connecting) {
        giveUpIn(Math.min(CONNECT_TIMEOUT_MS, timeoutMs), 'no connection in time');
        opened.once('connect', () => giveUpIn(msUntil(deadlineMs), 'no answer in time'));
      } else giveUpIn(timeoutMs, 'no answer in time');
      stream.on('response', (received) => (headers = received));
      stream.on('trailers', (received) => (headers = { ...headers, ...received }));
      stream.on('data', (chunk: Buffer) => {
        if (answerBytes < MAX_ANSWER_BYTES) answer.push(chunk);
        answerBytes += chunk.length;
        if (answerBytes > MAX_READ_BYTES) stream.close();
      });
      stream.on('error', (error: NodeJS.ErrnoException) => settle({ status: 'retryable', why: reason(error) }));
      stream.once('close', () => settle(toOutcome(headers, Buffer.concat(answer), spans)));
      if (onHandedOver !== undefined) stream.once('finish', onHandedOver);
      stream.end(message);
    });
  }

  return {
    target: socketPath === undefined ? url.origin : `unix:${socketPath}`,
    async send(payload: Payload, deadlineMs, onHandedOver) {
      try {
        const message = frame(config.gzip ? await gzip(payload.body) : payload.body, config.gzip);
        return await call(message, payload.spans, deadlineMs, onHandedOver);
      } catch (error) {
        const why = reason(error as NodeJS.ErrnoException);
        renewTls();
        const isFinal = why.startsWith('ERR_') && !LATE_ERRORS.has(why) && !isTlsSetup(why);
        return isFinal ? { status: 'refused', why, elsewhere: true } : { status: 'retryable', why };
      }
    },
    close() {
      void session?.then(
        (opened) => opened.destroy(),
        () => {},
      );
      session = undefined;
    },
  };
}

function frame(message: Uint8Array, isCompressed: boolean): Buffer {
  const framed = Buffer.allocUnsafe(MESSAGE_HEAD_BYTES + message.length);
  framed[0] = isCompressed ? 1 : 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, MESSAGE_HEAD_BYTES);
  return framed;
}

function toOutcome(headers: IncomingHttpHeaders, answer: Buffer, spans: number): Outcome {
  const status = headers['grpc-status'];
  if (status === '0') {
    const message = answer[0] === 0 ? answer.subarray(MESSAGE_HEAD_BYTES) : Buffer.alloc(0);
    const rejected = decodePartialSuccess(message, 'application/x-protobuf', spans);
    return rejected === undefined ? { status: 'delivered' } : { status: 'delivered', rejected };
  }
  if (status === undefined) {
    const http = headers[':status'];
    if (http === undefined) return { status: 'retryable', why: 'the connection ended without an answer' };
    if (RETRYABLE_HTTP.has(Number(http))) return { status: 'retryable', why: `answered HTTP ${String(http)}` };
    const why = `answered HTTP ${String(http)} without a gRPC status; is this a gRPC port?`;
    return { status: 'refused', why, elsewhere: true };
  }
  const why = `answered gRPC status ${String(status)} ${decoded(String(headers['grpc-message'] ?? ''))}`.trim();
  if (RETRYABLE.has(String(status))) return { status: 'retryable', why };
  return OF_TARGET.has(String(status)) ? { status: 'refused', why, elsewhere: true } : { status: 'refused', why };
}

/** `grpc-message` is percent-encoded; not everybody does it right. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
