import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createTransport } from '../../export/create-transport.ts';
import type { Answer } from '../../export/parse-answer.ts';
import { type Outcome, silentLog } from '../../export/transport.ts';
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

export function encodeSpan(encoder: Encoder, span: ReadableSpan): Payload {
  encoder.append(span, Infinity);
  const payload = encoder.take();
  if (payload === undefined) throw new Error('the span could not be encoded');
  return payload;
}

/** Makes one attempt as the preload does, by its transport. */
export async function sendSpan(target: Target, payload: Payload, timeoutMs: number): Promise<SentSpan> {
  let answer: Answer | undefined;
  const transport = createTransport(target, { ...silentLog, answered: (given) => (answer = given) });
  try {
    const outcome = await transport.send(payload, performance.now() + timeoutMs);
    const dateMs = Date.parse(answer?.headers['date'] ?? '');
    const skewMs = Number.isNaN(dateMs) ? undefined : dateMs - Date.now();
    return { target: transport.target, outcome, status: answer?.statusCode, skewMs };
  } finally {
    transport.close();
  }
}
