import { setTimeout as pause } from 'node:timers/promises';
import { basicAuthorization, splitCredentials } from '../../config/credentials.ts';
import { reason } from '../../export/reason.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

export interface ReadBackOptions {
  /** Base of Jaeger's query API, such as `http://jaeger:16686`; may hold `user:password@`. */
  readonly queryUrl: string;
  /** Somebody has named it; else it was looked for beside the collector, and may be another's. */
  readonly isNamed: boolean;
  /** The collector has said that it took the span; by UDP it cannot. */
  readonly isAnswered: boolean;
  readonly traceId: string;
  readonly serviceName: string;
  /** How long the span may take to its storage; default 10 s. */
  readonly patienceMs?: number;
}

/** The part of an answer of Jaeger's query API that is read. */
interface QueryAnswer {
  readonly data?:
    | readonly { readonly processes?: Readonly<Record<string, { readonly serviceName?: string }>> }[]
    | null;
}

const CHECK = 'span.read_back';
const PATIENCE_MS = 10_000;
const ANSWER_MS = 3_000;
const POLL_MS = 150;

/** Asks Jaeger's query API for a span that has been sent. Without a Jaeger there, the collector's answer is all that is known. */
export async function readBack(options: ReadBackOptions): Promise<Finding> {
  const { isNamed, traceId, serviceName, patienceMs = PATIENCE_MS } = options;
  const { url, user, password } = splitCredentials(options.queryUrl);
  const authorization = basicAuthorization(user, password);
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const shown = url.replace(/\/+$/, '');
  const there = await ask(`${shown}/api/services`, headers);
  if (typeof there === 'string') {
    const why = `no query API of a Jaeger at ${shown}: ${there}`;
    if (isNamed) return fail(CHECK, why, 'name with --query the address where the page of Jaeger is');
    return ok(CHECK, `not read back, ${why}; --query URL names another`);
  }
  const startedMs = performance.now();
  for (;;) {
    const found = await ask(`${shown}/api/traces/${traceId}`, headers);
    const elapsedMs = performance.now() - startedMs;
    if (typeof found !== 'string' && found.data?.[0] !== undefined) {
      const names = Object.values(found.data[0].processes ?? {}).map((process) => process.serviceName);
      const after = `after ${Math.round(elapsedMs)} ms`;
      if (names.includes(serviceName)) return ok(CHECK, `${shown} shows the span of ${serviceName} ${after}`);
      return warn(CHECK, `${shown} shows the span ${after}, as one of ${names.join(', ')}, not of ${serviceName}`);
    }
    if (elapsedMs > patienceMs) return notFound(options, shown, patienceMs);
    await pause(POLL_MS);
  }
}

function notFound({ isNamed, isAnswered, traceId }: ReadBackOptions, shown: string, patienceMs: number): Finding {
  const why = `${shown} does not have trace ${traceId} ${patienceMs / 1000} s after it was sent`;
  if (!isNamed) return warn(CHECK, why, 'if that is the page of another Jaeger, name the right one with --query');
  const fix = isAnswered
    ? "look at the collector's own log: its storage, its sampling, its pipelines"
    : 'UDP does not tell: an agent takes binary Thrift on port 6832, compact Thrift on 6831';
  return fail(CHECK, why, fix);
}

/** @returns why not, where the answer is none of a query API */
async function ask(url: string, headers: Record<string, string>): Promise<QueryAnswer | string> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await response.text();
    if (!response.ok) return `it answered ${response.status}`;
    const answer = JSON.parse(text) as QueryAnswer | null;
    return typeof answer === 'object' && answer !== null && 'data' in answer ? answer : 'its JSON is of another kind';
  } catch (error) {
    if (error instanceof SyntaxError) return 'what it answers is no JSON';
    return (error as Error).name === 'TimeoutError' ? 'no answer in time' : reason(error as Error);
  }
}
