import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { loadBuiltin } from '../core/builtin.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Outcome, Transport, TransportConfig } from './transport.ts';

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
/** CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const RETRYABLE = new Set(['1', '4', '8', '10', '11', '14', '15']);

/**
 * Sends OTLP protobuf payloads as unary gRPC calls over one HTTP/2 session.
 *
 * A gRPC message is one byte (compressed or not), four bytes of length, then the protobuf; the result is in the trailers.
 * `node:http2` is loaded by the first send; its session never keeps the process alive.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function createGrpcTransport(config: TransportConfig & { kind: 'grpc' }): Transport {
  const url = new URL(config.url);
  const target = url.origin;
  let session: ClientHttp2Session | undefined;

  function connected(): ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = loadBuiltin('node:http2').connect(url.origin, { ...config.tls });
    opened.unref();
    // The stream that met the trouble tells it; the next send opens a new session.
    opened.on('error', () => {});
    opened.on('goaway', () => opened.close());
    session = opened;
    return opened;
  }

  function call(body: Uint8Array, deadlineMs: number, onHandedOver?: () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const opened = connected();
      const leftMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
      const stream: ClientHttp2Stream = opened.request({
        ...config.headers,
        ':method': 'POST',
        ':path': PATH,
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': `${Math.min(leftMs, 99_999_999)}m`,
        ...(config.gzip ? { 'grpc-encoding': 'gzip' } : {}),
      });
      let headers: IncomingHttpHeaders = {};
      const timer = setTimeout(() => {
        settle({ status: 'retryable', why: 'no answer in time' });
        // A session that hangs is given up whole, so that the next send opens another.
        opened.destroy();
      }, leftMs);
      timer.unref();
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      stream.on('response', (received) => (headers = received));
      stream.on('trailers', (received) => (headers = { ...headers, ...received }));
      stream.once('error', (error: NodeJS.ErrnoException) => settle({ status: 'retryable', why: error.code ?? error.message }));
      stream.once('close', () => settle(toOutcome(headers)));
      if (onHandedOver !== undefined) stream.once('finish', onHandedOver);
      stream.resume();
      stream.end(frame(body, config.gzip));
    });
  }

  return {
    target,
    async send(payload: Payload, deadlineMs, onHandedOver) {
      try {
        return await call(payload.body, deadlineMs, onHandedOver);
      } catch (error) {
        return { status: 'retryable', why: String(error) };
      }
    },
    close() {
      session?.destroy();
      session = undefined;
    },
  };
}

function frame(body: Uint8Array, gzip: boolean): Buffer {
  const message = gzip ? loadBuiltin('node:zlib').gzipSync(body, { level: 1 }) : body;
  const framed = Buffer.allocUnsafe(5 + message.length);
  framed[0] = gzip ? 1 : 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

function toOutcome(headers: IncomingHttpHeaders): Outcome {
  const status = headers['grpc-status'];
  if (status === '0') return { status: 'delivered' };
  if (status === undefined) {
    const http = headers[':status'];
    if (http === undefined) return { status: 'retryable', why: 'the connection ended without an answer' };
    return { status: 'refused', why: `answered HTTP ${String(http)} without a gRPC status; is this a gRPC port?` };
  }
  const why = `answered gRPC status ${String(status)} ${decodeURIComponent(String(headers['grpc-message'] ?? ''))}`.trim();
  return RETRYABLE.has(String(status)) ? { status: 'retryable', why } : { status: 'refused', why };
}
