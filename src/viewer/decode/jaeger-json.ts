import {
  isSpanKind,
  sortTags,
  toSpanId,
  toTraceId,
  type Decoded,
  type Process,
  type Reference,
  type Span,
  type SpanLog,
  type Tag,
  type TagType,
} from '../span.ts';
import { messageOf, messagesOf, textOf, type OtlpMessage } from './otlp-request.ts';

const tagTypes = new Set<unknown>(['string', 'bool', 'int64', 'float64', 'binary'] satisfies TagType[]);

/** Whether this is a trace as Jaeger's query API shows it. */
export function isJaegerTrace(value: OtlpMessage): boolean {
  return Array.isArray(value['spans']) && typeof value['processes'] === 'object';
}

/** Reads a trace that Jaeger's query API has shown, or its page has saved. */
export function decodeJaegerTrace(trace: OtlpMessage): Decoded {
  const processes = new Map(
    Object.entries(messageOf(trace['processes'])).map(([id, process]) => [id, toProcess(messageOf(process))]),
  );
  const raw = messagesOf(trace['spans']);
  const spans = raw.map((span) => toSpan(span, processes)).filter((span) => span !== undefined);
  return { spans, rejected: raw.length - spans.length };
}

function toProcess(process: OtlpMessage): Process {
  const serviceName = textOf(process['serviceName']) || 'missing-service-name';
  return { serviceName, tags: sortTags(toTags(process['tags'])) };
}

function toSpan(span: OtlpMessage, processes: ReadonlyMap<string, Process>): Span | undefined {
  const traceId = toTraceId(textOf(span['traceID']));
  const spanId = toSpanId(textOf(span['spanID']));
  if (traceId === undefined || spanId === undefined) return undefined;
  const references = messagesOf(span['references']).flatMap((reference) => toReference(reference) ?? []);
  const inside = references.filter(({ traceID }) => traceID === traceId);
  const parent = inside.find(({ refType }) => refType === 'CHILD_OF') ?? inside[0];
  const tags = sortTags(toTags(span['tags']));
  const kind = tags.find(({ key }) => key === 'span.kind')?.value;
  const warnings = Array.isArray(span['warnings']) ? span['warnings'].map(String) : [];
  return {
    traceId,
    spanId,
    parentSpanId: (parent && toSpanId(parent.spanID)) ?? '',
    process: processes.get(textOf(span['processID'])) ?? toProcess(messageOf(span['process'])),
    operationName: textOf(span['operationName']),
    kind: isSpanKind(kind) ? kind : '',
    startUs: numberOf(span['startTime']),
    durationNs: Math.max(0, numberOf(span['duration'])) * 1000,
    isError: tags.some(({ key, value }) => key === 'error' && String(value) === 'true'),
    references,
    tags,
    logs: messagesOf(span['logs']).map(toLog),
    warnings,
  };
}

function toReference(reference: OtlpMessage): Reference | undefined {
  const traceID = toTraceId(textOf(reference['traceID']));
  if (traceID === undefined) return undefined;
  const refType = reference['refType'] === 'FOLLOWS_FROM' ? 'FOLLOWS_FROM' : 'CHILD_OF';
  return { refType, traceID, spanID: toSpanId(textOf(reference['spanID'])) ?? '0'.repeat(16) };
}

function toLog(log: OtlpMessage): SpanLog {
  return { timestamp: numberOf(log['timestamp']), fields: toTags(log['fields']) };
}

function toTags(tags: unknown): Tag[] {
  return messagesOf(tags).map((tag) => {
    const key = textOf(tag['key']);
    const { value } = tag;
    const type = tagTypes.has(tag['type']) ? (tag['type'] as TagType) : typeOf(value);
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { key, type, value: isPlain ? value : JSON.stringify(value ?? '') };
  });
}

function typeOf(value: unknown): TagType {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'string';
}

function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}
