import {
  sortTags,
  toSpanId,
  toTraceId,
  type Decoded,
  type Process,
  type Reference,
  type Span,
  type SpanKind,
  type SpanLog,
  type Tag,
} from '../span.ts';
import { DecodeError } from './byte-reader.ts';
import { bigintOf, enumOf, field, messageOf, messagesOf, textOf, type OtlpMessage } from './otlp-request.ts';
import { float64Tag, int64Tag, toLog, toSpan, type Status, type StatusCode } from './span-parts.ts';

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const kinds: readonly SpanKind[] = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['UNSET', 'OK', 'ERROR'];
const statuses: readonly StatusCode[] = ['', 'OK', 'ERROR'];
const MAX_DEPTH = 64;

/**
 * Reads the body of a POST to `/v1/traces` that is JSON.
 *
 * @throws {DecodeError} where it is no JSON object
 */
export function decodeOtlpJson(body: Uint8Array | string): Decoded {
  return toSpans(parseObject(typeof body === 'string' ? body : new TextDecoder().decode(body)));
}

function parseObject(text: string): OtlpMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DecodeError(error instanceof Error ? error.message : 'no JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('no JSON object');
  return value as OtlpMessage;
}

/** The spans of a request in its JSON form. */
export function toSpans(request: OtlpMessage): Decoded {
  const spans: Span[] = [];
  let rejected = 0;
  for (const resourceSpans of messagesOf(field(request, 'resourceSpans'))) {
    const process = toProcess(field(messageOf(field(resourceSpans, 'resource')), 'attributes'));
    // before 1.0 a scope was called an instrumentation library
    const scopeSpans = field(resourceSpans, 'scopeSpans') ?? field(resourceSpans, 'instrumentationLibrarySpans');
    for (const one of messagesOf(scopeSpans)) {
      const scope = scopeTags(messageOf(field(one, 'scope') ?? field(one, 'instrumentationLibrary')));
      for (const raw of messagesOf(field(one, 'spans'))) {
        const span = readSpan(raw, process, scope);
        if (span === undefined) rejected++;
        else spans.push(span);
      }
    }
  }
  return { spans, rejected };
}

function toProcess(attributes: unknown): Process {
  const tags = toTags(attributes);
  const name = tags.find(({ key }) => key === 'service.name');
  return {
    serviceName: serviceName(name),
    tags: sortTags(tags.filter(({ key }) => key !== 'service.name')),
  };
}

function serviceName(tag: Tag | undefined): string {
  if (tag === undefined) return 'missing-service-name';
  if (tag.type !== 'string') return 'service-name-wrong-type';
  return String(tag.value) || 'empty-service-name';
}

function scopeTags(scope: OtlpMessage): Tag[] {
  const name = textOf(field(scope, 'name'));
  const version = textOf(field(scope, 'version'));
  return [
    ...(name ? [{ key: 'otel.scope.name', type: 'string', value: name } as const] : []),
    ...(version ? [{ key: 'otel.scope.version', type: 'string', value: version } as const] : []),
  ];
}

function readSpan(raw: OtlpMessage, process: Process, scope: readonly Tag[]): Span | undefined {
  const traceId = toTraceId(textOf(field(raw, 'traceId')));
  const spanId = toSpanId(textOf(field(raw, 'spanId')));
  if (traceId === undefined || spanId === undefined) return undefined;
  const startNs = bigintOf(field(raw, 'startTimeUnixNano'));
  const endNs = bigintOf(field(raw, 'endTimeUnixNano'));
  const tags = [...scope, ...toTags(field(raw, 'attributes'))];
  const traceState = textOf(field(raw, 'traceState'));
  if (traceState !== '') tags.push({ key: 'w3c.tracestate', type: 'string', value: traceState });
  return toSpan({
    traceId,
    spanId,
    parentSpanId: toSpanId(textOf(field(raw, 'parentSpanId'))) ?? '',
    process,
    operationName: textOf(field(raw, 'name')),
    kind: kinds[enumOf(field(raw, 'kind'), 'SPAN_KIND_', KINDS)] ?? '',
    startUs: toMicros(startNs),
    durationNs: Number(endNs - startNs),
    status: toStatus(messageOf(field(raw, 'status'))),
    links: messagesOf(field(raw, 'links')).flatMap((link) => toLink(link) ?? []),
    tags,
    logs: messagesOf(field(raw, 'events')).map(toEvent),
  });
}

function toStatus(status: OtlpMessage): Status {
  const code = statuses[enumOf(field(status, 'code'), 'STATUS_CODE_', STATUSES)] ?? '';
  return { code, message: textOf(field(status, 'message')) };
}

function toLink(link: OtlpMessage): Reference | undefined {
  const traceID = toTraceId(textOf(field(link, 'traceId')));
  if (traceID === undefined) return undefined;
  const type = toTags(field(link, 'attributes')).find(({ key }) => key === 'opentracing.ref_type');
  return {
    refType: type?.value === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM',
    traceID,
    spanID: toSpanId(textOf(field(link, 'spanId'))) ?? '0'.repeat(16),
  };
}

function toEvent(event: OtlpMessage): SpanLog {
  const timestamp = toMicros(bigintOf(field(event, 'timeUnixNano')));
  return toLog(timestamp, textOf(field(event, 'name')), toTags(field(event, 'attributes')));
}

function toMicros(ns: bigint): number {
  return Number(ns / 1000n);
}

function toTags(attributes: unknown): Tag[] {
  return messagesOf(attributes).map((attribute) =>
    toTag(textOf(field(attribute, 'key')), messageOf(field(attribute, 'value'))),
  );
}

function toTag(key: string, value: OtlpMessage): Tag {
  const scalar = toScalarTag(key, value);
  if (scalar !== undefined) return scalar;
  const plain = toPlain(value, 0);
  return { key, type: 'string', value: plain === null ? '' : JSON.stringify(plain) };
}

function toScalarTag(key: string, value: OtlpMessage): Tag | undefined {
  const text = field(value, 'stringValue');
  if (typeof text === 'string') return { key, type: 'string', value: text };
  const bool = field(value, 'boolValue');
  if (typeof bool === 'boolean') return { key, type: 'bool', value: bool };
  const int = field(value, 'intValue');
  if (int !== undefined) return int64Tag(key, BigInt.asIntN(64, bigintOf(int)));
  const double = field(value, 'doubleValue');
  if (double !== undefined) return float64Tag(key, Number(double));
  const bytes = field(value, 'bytesValue');
  if (typeof bytes === 'string') return { key, type: 'binary', value: bytes };
  return undefined;
}

/** A list or map as JSON shows it: Jaeger has no type for either. A map's keys are in order. */
function toPlain(value: OtlpMessage, depth: number): unknown {
  if (depth > MAX_DEPTH) return null;
  const array = field(value, 'arrayValue');
  if (array !== undefined) {
    return messagesOf(field(messageOf(array), 'values')).map((item) => toPlain(item, depth + 1));
  }
  const map = field(value, 'kvlistValue');
  if (map !== undefined) {
    const entries = messagesOf(field(messageOf(map), 'values')).map((entry): [string, unknown] => [
      textOf(field(entry, 'key')),
      toPlain(messageOf(field(entry, 'value')), depth + 1),
    ]);
    // fromEntries defines properties: a key such as __proto__ is one like any other
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }
  return toScalarTag('', value)?.value ?? null;
}
