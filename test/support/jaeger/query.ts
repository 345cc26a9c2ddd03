/** A tag as Jaeger's query API shows it: `int64` values are numbers there. */
export type QueriedValue = string | number | boolean;

export interface QueriedTags {
  readonly [key: string]: QueriedValue;
}

/** Jaeger's own names of the types: `string`, `int64`, `float64`, `bool`, `binary`. */
export interface QueriedTypes {
  readonly [key: string]: string;
}

export interface QueriedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** The tag `span.kind`; Jaeger has none for internal spans. */
  readonly kind: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags: QueriedTags;
  readonly types: QueriedTypes;
  readonly logs: readonly { readonly timestampUs: number; readonly fields: QueriedTags }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly warnings: readonly string[];
  readonly process: { readonly tags: QueriedTags; readonly types: QueriedTypes };
}

export interface QueriedTrace {
  readonly traceId: string;
  readonly spans: readonly QueriedSpan[];
}

interface RawTag {
  readonly key: string;
  readonly type: string;
  readonly value: QueriedValue;
}

interface RawSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly RawTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly RawTag[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

interface RawTrace {
  readonly traceID: string;
  readonly spans: readonly RawSpan[];
  readonly processes: { readonly [id: string]: { readonly serviceName: string; readonly tags?: readonly RawTag[] } };
}

/** What `/api/traces` answers, or a recording of it. */
export function decodeTraces(answer: unknown): QueriedTrace[] {
  const { data } = answer as { data: readonly RawTrace[] | null };
  return (data ?? []).map((trace) => ({
    traceId: trace.traceID,
    spans: trace.spans.map((span) => decodeSpan(span, trace.processes[span.processID])),
  }));
}

function decodeSpan(span: RawSpan, process: RawTrace['processes'][string] | undefined): QueriedSpan {
  if (process === undefined) throw new Error(`span ${span.spanID} without its process ${span.processID}`);
  const tags = plain(span.tags);
  const isParent = (ref: RawSpan['references'][number]): boolean =>
    ref.refType === 'CHILD_OF' && ref.traceID === span.traceID;
  const parent = span.references.find(isParent);
  return {
    service: process.serviceName,
    name: span.operationName,
    traceId: span.traceID,
    spanId: span.spanID,
    parentSpanId: parent?.spanID,
    kind: String(tags['span.kind'] ?? 'internal'),
    startUs: span.startTime,
    durationUs: span.duration,
    tags,
    types: types(span.tags),
    logs: span.logs.map(({ timestamp, fields }) => ({ timestampUs: timestamp, fields: plain(fields) })),
    links: span.references
      .filter((ref) => ref !== parent)
      .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID })),
    warnings: span.warnings ?? [],
    process: { tags: plain(process.tags), types: types(process.tags) },
  };
}

function plain(tags: readonly RawTag[] = []): QueriedTags {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

function types(tags: readonly RawTag[] = []): QueriedTypes {
  return Object.fromEntries(tags.map(({ key, type }) => [key, type]));
}
