import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createTransport } from '../../export/create-transport.ts';
import type { Outcome } from '../../export/transport.ts';
import type { Encoder, Payload } from '../../wire/encoder.ts';
import type { Target } from './find-routes.ts';

export interface SentSpan {
  /** Where to, without credentials. */
  readonly target: string;
  readonly outcome: Outcome;
  /** Of the answer, over HTTP. */
  readonly status: number | undefined;
  /** How far the collector's clock is ahead of ours, as its answer's `Date` says it, to the second. */
  readonly skewMs: number | undefined;
}

/** Where Node.js tells of each answer that a client of `node:http` gets. */
const ANSWERS = 'http.client.response.finish';

export function encodeSpan(encoder: Encoder, span: ReadableSpan): Payload {
  encoder.append(span, Infinity);
  const payload = encoder.take();
  if (payload === undefined) throw new Error('the span could not be encoded');
  return payload;
}

/** Makes one attempt as the preload does, by its transport. */
export async function sendSpan(target: Target, payload: Payload, timeoutMs: number): Promise<SentSpan> {
  const transport = createTransport(target);
  let answer: IncomingMessage | undefined;
  const listen = (message: unknown): void => void ({ response: answer } = message as { response: IncomingMessage });
  subscribe(ANSWERS, listen);
  try {
    const outcome = await transport.send(payload, performance.now() + timeoutMs);
    const dateMs = Date.parse(answer?.headers.date ?? '');
    const skewMs = Number.isNaN(dateMs) ? undefined : dateMs - Date.now();
    return { target: transport.target, outcome, status: answer?.statusCode, skewMs };
  } finally {
    unsubscribe(ANSWERS, listen);
    transport.close();
  }
}
