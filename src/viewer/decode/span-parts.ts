import { sortTags, type Process, type Reference, type Span, type SpanKind, type SpanLog, type Tag } from '../span.ts';

export type StatusCode = '' | 'OK' | 'ERROR';

export interface Status {
  readonly code: StatusCode;
  readonly message: string;
}

/** A span of any format before kind, status and links have become what Jaeger shows. */
export interface SpanParts {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly process: Process;
  readonly operationName: string;
  readonly kind: SpanKind;
  readonly startUs: number;
  readonly durationNs: number;
  readonly status: Status;
  /** Without the parent. */
  readonly links: readonly Reference[];
  /** Becomes the span's own list, in another order. */
  readonly tags: Tag[];
  readonly logs: readonly SpanLog[];
  readonly warnings?: readonly string[];
}

/** Resource attributes that old exporters put on every span; they tell of the process. */
const OF_THE_PROCESS = /^telemetry\.(?:sdk\.(?:language|name|version)|distro\.(?:name|version))$/;

/**
 * Puts a span together by OpenTelemetry's mapping to Jaeger, and in the order in which Jaeger shows it.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */
export function toSpan({ kind, status, links, tags, warnings = [], ...parts }: SpanParts): Span {
  if (kind !== '') tags.push({ key: 'span.kind', type: 'string', value: kind });
  if (status.code !== '') tags.push({ key: 'otel.status_code', type: 'string', value: status.code });
  if (status.code === 'ERROR') tags.push({ key: 'error', type: 'bool', value: true });
  if (status.message !== '') tags.push({ key: 'otel.status_description', type: 'string', value: status.message });
  const [process, own] = splitTags(parts.process, tags);
  const negative = parts.durationNs < 0 ? ['The span ended before it began; its duration is shown as 0'] : [];
  return {
    ...parts,
    process,
    kind,
    durationNs: Math.max(0, parts.durationNs),
    isError: status.code === 'ERROR' || tags.some(({ key, value }) => key === 'error' && value === 'true'),
    references: toReferences(parts.traceId, parts.parentSpanId, links),
    tags: sortTags(own),
    warnings: [...warnings, ...negative],
  };
}

function splitTags(process: Process, tags: Tag[]): [Process, Tag[]] {
  if (!tags.some(({ key }) => OF_THE_PROCESS.test(key))) return [process, tags];
  const moved = tags.filter(({ key }) => OF_THE_PROCESS.test(key));
  const own = tags.filter(({ key }) => !OF_THE_PROCESS.test(key));
  return [{ ...process, tags: sortTags([...process.tags, ...moved]) }, own];
}

/** The parent first. A link to the parent only says of what kind that reference is. */
function toReferences(traceID: string, spanID: string, links: readonly Reference[]): Reference[] {
  if (spanID === '') return [...links];
  const isParent = (link: Reference): boolean => link.traceID === traceID && link.spanID === spanID;
  const refType = links.find(isParent)?.refType ?? 'CHILD_OF';
  return [{ refType, traceID, spanID }, ...links.filter((link) => !isParent(link))];
}

/** The log of an event: its name first, then the rest in order. */
export function toLog(timestamp: number, name: string, fields: Tag[]): SpanLog {
  const isNamed = fields.some(({ key }) => key === 'event');
  sortTags(fields);
  if (name === '' || isNamed) return { timestamp, fields };
  return { timestamp, fields: [{ key: 'event', type: 'string', value: name }, ...fields] };
}

/** An `int64` tag; a value that a number cannot hold stays as its digits. */
export function int64Tag(key: string, value: bigint): Tag {
  const number = Number(value);
  return { key, type: 'int64', value: Number.isSafeInteger(number) ? number : String(value) };
}

/** A `float64` tag; JSON has no NaN and no Infinity, so these are words. */
export function float64Tag(key: string, value: number): Tag {
  return { key, type: 'float64', value: Number.isFinite(value) ? value : String(value) };
}
