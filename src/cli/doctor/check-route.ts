import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { explainOutcome } from './explain-outcome.ts';
import { checkClock } from './check-clock.ts';
import { checkConnection, firstHop } from './check-connection.ts';
import { checkTls } from './check-tls.ts';
import { fail, ok, warn, worstOf, type Finding } from './finding.ts';
import type { Route, Target } from './find-routes.ts';
import { readBack } from './read-back.ts';
import { encodeSpan, sendSpan, type SentSpan } from './send-span.ts';

export interface RouteOptions {
  readonly nextSpan: () => ReadableSpan;
  readonly serviceName: string;
  readonly isContainer: boolean;
  /** Jaeger's query API, as it was named; `none` asks nobody. */
  readonly query: string | undefined;
}

const ACCEPTED = 'span.accepted';
/** Who waits longer for an answer has given up before us. */
const MAX_ANSWER_MS = 5_000;
const QUERY_PORT = 16_686;

/** Goes the way of a span to each address of an exporter, as far as it leads. Of a list, one that takes spans is enough. */
export async function checkRoute(route: Route, options: RouteOptions): Promise<Finding[]> {
  const findings: Finding[][] = [];
  for (const target of route.targets) findings.push(await checkTarget(target, route, options));
  const isEnough = findings.some((some) => worstOf(some) !== 'fail');
  return findings.flat().map((finding) => (isEnough && finding.status === 'fail' ? toWarning(finding) : finding));
}

function toWarning({ check, reason, fix }: Finding): Finding {
  return warn(check, reason, fix);
}

async function checkTarget(target: Target, route: Route, options: RouteOptions): Promise<Finding[]> {
  const { isContainer, nextSpan } = options;
  const createDatagram = (): Uint8Array => encodeSpan(route.encoder, nextSpan()).body;
  const findings = await checkConnection(firstHop(target), { isContainer, createDatagram });
  if (worstOf(findings) === 'fail') return findings;
  if (target.kind !== 'udp' && target.url.startsWith('https:')) {
    findings.push(...(await checkTls(target)));
    if (worstOf(findings) === 'fail') return findings;
  }
  const span = nextSpan();
  const timeoutMs = Math.min(MAX_ANSWER_MS, route.timeoutMs);
  const sent = await sendSpan(target, encodeSpan(route.encoder, span), timeoutMs);
  findings.push(judgeAnswer(sent, target, route, options.serviceName));
  if (sent.skewMs !== undefined) findings.push(checkClock(sent.skewMs));
  const queryUrl = queryUrlOf(target, options.query);
  if (queryUrl === undefined || worstOf(findings) === 'fail') return findings;
  const { traceId } = span.spanContext();
  const isNamed = options.query !== undefined;
  const { serviceName } = options;
  return [...findings, await readBack({ queryUrl, isNamed, isAnswered: target.kind !== 'udp', traceId, serviceName })];
}

function judgeAnswer(
  { target: name, outcome, status }: SentSpan,
  target: Target,
  route: Route,
  service: string,
): Finding {
  if (outcome.status !== 'delivered') {
    const speech = route.choice.kind === 'otlp' ? 'otlp' : 'jaeger';
    return fail(ACCEPTED, `${name} ${ofOneSpan(outcome.why)}`, explainOutcome(outcome.why, target, speech));
  }
  if (outcome.rejected !== undefined) {
    return fail(ACCEPTED, `${name} took the request and rejected the span: ${outcome.rejected.why}`);
  }
  if (target.kind === 'udp') return ok(ACCEPTED, `${name} was sent a span of ${service}; UDP does not answer`);
  return ok(ACCEPTED, `${name} answered ${status ?? 'OK'} to a span of ${service}`);
}

/** A transport speaks of batches. */
function ofOneSpan(why: string): string {
  return why.replace(/ to 1 spans(?: \(\d+ bytes\))?/, ' to a span');
}

/** Beside the collector, unless that is reached in a way that leads to nobody else. */
function queryUrlOf(target: Target, named: string | undefined): string | undefined {
  if (named === 'none') return undefined;
  if (named !== undefined) return named;
  if (target.kind === 'udp')
    return `http://${target.host.includes(':') ? `[${target.host}]` : target.host}:${QUERY_PORT}`;
  if (target.proxy !== undefined) return undefined;
  return `http://${target.socketPath === undefined ? new URL(target.url).hostname : 'localhost'}:${QUERY_PORT}`;
}
