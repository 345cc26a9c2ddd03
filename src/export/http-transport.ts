import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { loadBuiltin } from '../core/builtin.ts';
import { msUntil } from '../core/deadline.ts';
import type { Payload } from '../wire/encoder.ts';
import { gzip } from './gzip.ts';
import { decodePartialSuccess, MAX_ANSWER_BYTES } from './partial-success.ts';
import { reason } from './reason.ts';
import { CONNECT_TIMEOUT_MS, type Outcome, type Transport, type TransportConfig } from './transport.ts';

/** Statuses after which the same bytes may be taken later. https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE = new Set([408, 429, 502, 503, 504]);
const MAX_SOCKETS = 8;
const MAX_SAID_CHARS = 200;

/**
 * POSTs payloads to one URL over keep-alive sockets, Jaeger's collector and OTLP/HTTP alike.
 *
 * `node:http` is loaded by the first send. Its sockets, once connected, never keep the process alive.
 * Redirects are refused: they would send spans where nobody configured it.
 */
export function createHttpTransport(config: TransportConfig & { kind: 'http' }): Transport {
  const url = new URL(config.url);
  const target = `${url.origin}${url.pathname}`;
  const secure = url.protocol === 'https:';
  let agent: Agent | undefined;

  function request(payload: Payload, body: Uint8Array): ClientRequest {
    const http = loadBuiltin(secure ? 'node:https' : 'node:http') as typeof import('node:https');
    agent ??= new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...config.tls });
    const headers = {
      ...config.headers,
      'content-type': payload.contentType,
      'content-length': body.length,
      ...(config.gzip ? { 'content-encoding': 'gzip' } : {}),
    };
    return http.request(url, { method: 'POST', agent, headers });
  }

  /** @returns undefined where the collector had closed the idle socket before the request reached it */
  function post(
    payload: Payload,
    body: Uint8Array,
    deadlineMs: number,
    onHandedOver?: () => void,
  ): Promise<Outcome | undefined> {
    return new Promise((resolve) => {
      const sent = request(payload, body);
      let timer: NodeJS.Timeout | undefined;
      const giveUpIn = (ms: number, why: string): void => {
        clearTimeout(timer);
        timer = setTimeout(() => sent.destroy(new Error(why)), ms).unref();
      };
      const settle = (outcome: Outcome | undefined): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      giveUpIn(msUntil(deadlineMs), 'no answer in time');
      sent.once('socket', (socket) => {
        socket.unref();
        if (!socket.connecting) return;
        giveUpIn(Math.min(CONNECT_TIMEOUT_MS, msUntil(deadlineMs)), 'no connection in time');
        socket.once('connect', () => {
          // Each address of a name is tried with a handle of its own; the one that was unref'd may be gone.
          socket.unref();
          giveUpIn(msUntil(deadlineMs), 'no answer in time');
        });
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        settle(isStale ? undefined : { status: 'retryable', why: reason(error) });
      });
      let answered = false;
      sent.once('response', (response) => {
        answered = true;
        void readAnswer(response).then((answer) => settle(toOutcome(response, answer, payload)));
      });
      // An upgrade that nobody asked for closes the request and is neither an answer nor an error.
      sent.once('close', () => {
        if (!answered) settle({ status: 'retryable', why: 'the connection ended without an answer' });
      });
      if (onHandedOver !== undefined) sent.once('finish', onHandedOver);
      sent.end(body);
    });
  }

  return {
    target,
    async send(payload, deadlineMs, onHandedOver) {
      try {
        const body = config.gzip ? await gzip(payload.body) : payload.body;
        let outcome: Outcome | undefined;
        // Each round uses up one idle socket. https://nodejs.org/api/http.html#requestreusedsocket
        while (outcome === undefined) outcome = await post(payload, body, deadlineMs, onHandedOver);
        return outcome;
      } catch (error) {
        return { status: 'refused', why: reason(error as NodeJS.ErrnoException) };
      }
    },
    close() {
      agent?.destroy();
    },
  };
}

function toOutcome({ statusCode: status = 0, headers }: IncomingMessage, answer: Buffer, payload: Payload): Outcome {
  const type = headers['content-type'] ?? '';
  if (status >= 200 && status < 300 && type.startsWith('text/html')) {
    // No collector speaks HTML: this is somebody's page, and the spans are not where they should be.
    const why = `answered ${status} with a web page to ${payload.spans} spans; is this a collector's address?`;
    return { status: 'refused', why };
  }
  if (status >= 200 && status < 300) {
    const rejected = decodePartialSuccess(answer, type);
    return rejected === undefined ? { status: 'delivered' } : { status: 'delivered', rejected };
  }
  const said = printable(answer);
  const why = `answered ${status} to ${payload.spans} spans (${payload.body.length} bytes)${said === '' ? '' : `: ${said}`}`;
  if (!RETRYABLE.has(status)) return { status: 'refused', why };
  const afterMs = retryAfterMs(headers);
  return afterMs === undefined ? { status: 'retryable', why } : { status: 'retryable', why, afterMs };
}

/** Seconds or an HTTP date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs({ 'retry-after': value }: IncomingHttpHeaders): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The beginning of the answer; one that breaks off has said what matters by its status. */
async function readAnswer(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (length < MAX_ANSWER_BYTES) chunks.push(chunk);
      length += chunk.length;
    }
  } catch {
    // told by the status
  }
  return Buffer.concat(chunks);
}

/** The text of an answer; a protobuf body gives noise, which nobody wants to read. */
function printable(answer: Buffer): string {
  const text = answer.toString('latin1');
  // eslint-disable-next-line no-control-regex
  return /[^\t\n\r\x20-\x7e]/.test(text) ? '' : text.trim().slice(0, MAX_SAID_CHARS);
}
