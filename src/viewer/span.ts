export type TagType = 'string' | 'bool' | 'int64' | 'float64' | 'binary';

/** A tag as Jaeger's query API shows it: an `int64` that is not exact as a number is its digits, `binary` is base64. */
export interface Tag {
  readonly key: string;
  readonly type: TagType;
  readonly value: string | number | boolean;
}

export interface Reference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface SpanLog {
  /** µs since 1970. */
  readonly timestamp: number;
  readonly fields: readonly Tag[];
}

/** Who sent a span. Spans of one batch share the object. */
export interface Process {
  readonly serviceName: string;
  readonly tags: readonly Tag[];
}

/** Empty where nothing was said. */
export type SpanKind = '' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span as every format is decoded to: Jaeger's, because its query API is what tools know. */
export interface Span {
  /** As `toTraceId` makes it. */
  readonly traceId: string;
  /** 16 hex digits, lower case. */
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly process: Process;
  readonly operationName: string;
  readonly kind: SpanKind;
  readonly startUs: number;
  readonly durationNs: number;
  readonly isError: boolean;
  readonly references: readonly Reference[];
  readonly tags: readonly Tag[];
  readonly logs: readonly SpanLog[];
  readonly warnings: readonly string[];
}

/** What a body came to. */
export interface Decoded {
  readonly spans: Span[];
  /** Spans without valid ids: nothing could ever show them. */
  readonly rejected: number;
}

const NO_ID = '0000000000000000';
const kinds = new Set<string>(['internal', 'server', 'client', 'producer', 'consumer']);

/**
 * The way Jaeger writes a trace id: 32 digits, or the last 16 of them where the others are zeros.
 *
 * @param hex up to 32 digits of either case
 * @returns undefined where it is no id, or the one that means none
 */
export function toTraceId(hex: string): string | undefined {
  if (!/^[\da-f]{1,32}$/i.test(hex)) return undefined;
  const padded = hex.toLowerCase().padStart(32, '0');
  const id = padded.startsWith(NO_ID) ? padded.slice(16) : padded;
  return id === NO_ID ? undefined : id;
}

/** 16 digits; undefined where it is no id, or the one that means none. */
export function toSpanId(hex: string): string | undefined {
  if (!/^[\da-f]{1,16}$/i.test(hex)) return undefined;
  const id = hex.toLowerCase().padStart(16, '0');
  return id === NO_ID ? undefined : id;
}

export function isSpanKind(text: unknown): text is Exclude<SpanKind, ''> {
  return typeof text === 'string' && kinds.has(text);
}

/** In place, by key, type and value, as Jaeger shows them. */
export function sortTags(tags: Tag[]): Tag[] {
  return tags.length < 2 ? tags : tags.sort(compareTags);
}

const typeOrder: Readonly<Record<TagType, number>> = { string: 0, bool: 1, int64: 2, float64: 3, binary: 4 };

function compareTags(a: Tag, b: Tag): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.type !== b.type) return typeOrder[a.type] - typeOrder[b.type];
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
