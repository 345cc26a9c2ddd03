import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { loadBuiltin } from '../core/builtin.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Outcome, Transport, TransportConfig } from './transport.ts';

/** Statuses after which the same bytes may be taken later. https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE = new Set([408, 429, 502, 503, 504]);
const MAX_SOCKETS = 8;
const MAX_ANSWER_CHARS = 200;

/**
 * POSTs payloads to one URL over keep-alive sockets, Jaeger's collector and OTLP/HTTP alike.
 *
 * `node:http` is loaded by the first send. Its sockets never keep the process alive, and its requests make no spans.
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

  function post(payload: Payload, body: Uint8Array, deadlineMs: number, onHandedOver?: () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const sent = request(payload, body);
      const timer = setTimeout(() => {
        sent.destroy(new Error('no answer in time'));
      }, deadlineMs - performance.now());
      timer.unref();
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      sent.once('socket', (socket) => socket.unref());
      sent.once('error', (error: NodeJS.ErrnoException) => settle({ status: 'retryable', why: reason(error) }));
      sent.once('response', (response) => {
        readAnswer(response).then(
          (answer) => settle(toOutcome(response.statusCode ?? 0, response.headers, answer, payload)),
          (error: NodeJS.ErrnoException) => settle({ status: 'retryable', why: reason(error) }),
        );
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
        return await context.with(suppressTracing(context.active()), () => post(payload, body, deadlineMs, onHandedOver));
      } catch (error) {
        return { status: 'refused', why: reason(error as NodeJS.ErrnoException) };
      }
    },
    close() {
      agent?.destroy();
    },
  };
}

function toOutcome(status: number, headers: IncomingHttpHeaders, answer: string, { spans, body }: Payload): Outcome {
  if (status >= 200 && status < 300) return { status: 'delivered' };
  const said = answer === '' ? '' : `: ${answer}`;
  const why = `answered ${status} to ${spans} spans (${body.length} bytes)${said}`;
  if (!RETRYABLE.has(status)) return { status: 'refused', why };
  const afterMs = retryAfterMs(headers['retry-after']);
  return afterMs === undefined ? { status: 'retryable', why } : { status: 'retryable', why, afterMs };
}

/** Seconds or an HTTP date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  let answer = '';
  response.setEncoding('latin1');
  for await (const chunk of response) if (answer.length < MAX_ANSWER_CHARS) answer += String(chunk);
  return printable(answer);
}

/** The text part of an answer; a protobuf body gives noise, which nobody wants to read. */
function printable(answer: string): string {
  // eslint-disable-next-line no-control-regex
  return /[^\t\n\r\x20-\x7e]/.test(answer) ? '' : answer.trim().slice(0, MAX_ANSWER_CHARS);
}

function gzip(body: Uint8Array): Promise<Uint8Array> {
  const zlib = loadBuiltin('node:zlib');
  return new Promise((resolve, reject) => {
    zlib.gzip(body, { level: 1 }, (error, zipped) => (error === null ? resolve(zipped) : reject(error)));
  });
}

/** An error in a few words: the code where there is one, since messages repeat address and port. */
function reason(error: NodeJS.ErrnoException & { errors?: readonly NodeJS.ErrnoException[] }): string {
  return error.code ?? error.errors?.[0]?.code ?? error.message;
}
