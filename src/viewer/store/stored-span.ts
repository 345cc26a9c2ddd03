import type { Reference, Span, SpanKind, SpanLog, Tag } from '../span.ts';

/** A process once for all spans that name it. */
export interface StoredProcess {
  readonly serviceName: string;
  readonly tags: readonly Tag[];
  /** As the query API shows it. */
  readonly json: string;
}

/**
 * A span as it is kept: what lists, graphs and totals ask for as fields, the rest as one JSON text. A text costs its length
 * in memory, its objects would cost ten times that; and what the query API answers is put together from such texts.
 */
export interface StoredSpan {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly process: StoredProcess;
  readonly operationName: string;
  readonly kind: SpanKind;
  readonly startUs: number;
  readonly durationNs: number;
  readonly isError: boolean;
  /** A `SpanBody` as JSON. */
  readonly body: string;
}

export interface SpanBody {
  readonly references: readonly Reference[];
  readonly tags: readonly Tag[];
  readonly logs: readonly SpanLog[];
  /** Null where there are none, as Jaeger has it. */
  readonly warnings: readonly string[] | null;
}

/** The fields of a `StoredSpan` and its id as a key. */
const SPAN_OVERHEAD_BYTES = 360;
const PROCESS_OVERHEAD_BYTES = 300;

export function toStoredSpan(span: Span, process: StoredProcess, operationName: string): StoredSpan {
  const { spanId, parentSpanId, kind, startUs, durationNs, isError, references, tags, logs, warnings } = span;
  const body: SpanBody = { references, tags, logs, warnings: warnings.length === 0 ? null : warnings };
  return {
    spanId,
    parentSpanId,
    process,
    operationName,
    kind,
    startUs,
    durationNs,
    isError,
    body: JSON.stringify(body),
  };
}

export function parseBody(span: StoredSpan): SpanBody {
  return JSON.parse(span.body) as SpanBody;
}

/** About what it takes in memory. */
export function bytesOfSpan(span: StoredSpan): number {
  return SPAN_OVERHEAD_BYTES + bytesOfText(span.body);
}

export function bytesOfProcess({ json, tags }: StoredProcess): number {
  return PROCESS_OVERHEAD_BYTES + bytesOfText(json) + tags.length * 100;
}

/** V8 keeps a text at one byte a character, or at two where one of them is not Latin-1. */
function bytesOfText(text: string): number {
  return /[^\0-\u00ff]/.test(text) ? text.length * 2 : text.length;
}

/** Zipkin's way has two spans of one id; more are somebody's mistake, and looking through thousands would take long. */
const MAX_TWINS = 8;

/**
 * Under which key of its trace a span is kept: its id, or another where a different span has that.
 *
 * @returns undefined where the very same span is there: senders that got no answer send again. Null where there are too
 *   many of this id
 */
export function spanKey(span: StoredSpan, at: (key: string) => StoredSpan | undefined): string | undefined | null {
  let key = span.spanId;
  for (let twin = 2; twin <= MAX_TWINS + 1; twin++) {
    const there = at(key);
    if (there === undefined) return key;
    if (isSameSpan(there, span)) return undefined;
    key = `${span.spanId}#${twin}`;
  }
  return null;
}

function isSameSpan(a: StoredSpan, b: StoredSpan): boolean {
  return (
    a.startUs === b.startUs &&
    a.durationNs === b.durationNs &&
    a.parentSpanId === b.parentSpanId &&
    a.operationName === b.operationName &&
    a.process.json === b.process.json &&
    a.body === b.body
  );
}
