import type { Payload } from '../wire/encoder.ts';
import type { Answer } from './parse-answer.ts';
import { decodePartialSuccess, MAX_ANSWER_BYTES } from './partial-success.ts';
import type { Outcome } from './transport.ts';

/** Statuses after which the same bytes may be taken later. https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE = new Set([408, 429, 502, 503, 504]);
/** Statuses that speak of the address or of who asks, as all of 5xx do; the others speak of the payload. */
const OF_TARGET = new Set([401, 403, 404, 405, 407, 421]);
/** What Jaeger says with 500 when it could read the batch and not store it: its queue is full, its storage away. */
const JAEGER_CANNOT_STORE = 'Cannot submit Jaeger batch';
/** A collector that asks for more is asked again all the same. */
const MAX_RETRY_AFTER_MS = 300_000;
const MAX_SAID_CHARS = 200;

/** What an answer means for the payload it was given to. */
export function toOutcome({ statusCode: status, headers, body }: Answer, url: URL, payload: Payload): Outcome {
  const answer = body.subarray(0, MAX_ANSWER_BYTES);
  const type = headers['content-type'] ?? '';
  const spans = `${payload.spans} spans`;
  if (status >= 200 && status < 300) {
    if (!type.startsWith('text/html')) {
      const rejected = decodePartialSuccess(answer, type, payload.spans);
      return rejected === undefined ? { status: 'delivered' } : { status: 'delivered', rejected };
    }
    // No collector speaks HTML: this is somebody's page, and the spans are not where they should be.
    const why = `answered ${status} with a web page to ${spans}; is this a collector's address?`;
    return { status: 'refused', why, elsewhere: true };
  }
  if (status >= 300 && status < 400 && headers['location'] !== undefined) {
    const why = `answered ${status} to ${spans}, a redirect to ${place(headers['location'], url)}, which is not followed`;
    return { status: 'refused', why, elsewhere: true };
  }
  const said = printable(answer);
  const why = `answered ${status} to ${spans} (${payload.body.length} bytes)${said === '' ? '' : `: ${said}`}`;
  if (RETRYABLE.has(status) || (status === 500 && said.startsWith(JAEGER_CANNOT_STORE))) {
    const afterMs = retryAfterMs(headers);
    return afterMs === undefined ? { status: 'retryable', why } : { status: 'retryable', why, afterMs };
  }
  const isOfTarget = status < 400 || status >= 500 || OF_TARGET.has(status);
  return isOfTarget ? { status: 'refused', why, elsewhere: true } : { status: 'refused', why };
}

/** Without credentials and query. */
function place(location: string, base: URL): string {
  if (!URL.canParse(location, base.href)) return 'what is no URL';
  const { protocol, host, pathname } = new URL(location, base);
  return `${protocol}//${host}${pathname}`.slice(0, MAX_SAID_CHARS);
}

/** Seconds or an HTTP date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs({ 'retry-after': value = '' }: Answer['headers']): number | undefined {
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** The text of an answer; a protobuf body gives noise, which nobody wants to read. */
function printable(answer: Buffer): string {
  const text = answer.toString('latin1');
  // eslint-disable-next-line no-control-regex
  return /[^\t\n\r\x20-\x7e]/.test(text) ? '' : text.trim().slice(0, MAX_SAID_CHARS);
}
