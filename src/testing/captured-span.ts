import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

export type CapturedKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type CapturedStatus = 'unset' | 'ok' | 'error';

/** A span that ended, as a plain object that reads well in a failed assertion. */
export interface CapturedSpan {
  readonly name: string;
  readonly kind: CapturedKind;
  readonly status: CapturedStatus;
  /** The status's message; '' where it has none. */
  readonly statusMessage: string;
  readonly attributes: Readonly<Attributes>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Attributes> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Name of the instrumentation scope: the library or tracer that made it. */
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentId: string;
  readonly startMs: number;
  readonly durationMs: number;
}

const KINDS: Readonly<Record<SpanKind, CapturedKind>> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};
const STATUSES: Readonly<Record<SpanStatusCode, CapturedStatus>> = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
};

export function toCapturedSpan(span: ReadableSpan): CapturedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    kind: KINDS[span.kind],
    status: STATUSES[span.status.code],
    statusMessage: span.status.message ?? '',
    attributes: { ...span.attributes },
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes: { ...attributes } })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
    scope: span.instrumentationScope.name,
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId ?? '',
    startMs: toMs(span.startTime),
    durationMs: toMs(span.duration),
  };
}

function toMs([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1e3 + nanos / 1e6;
}
