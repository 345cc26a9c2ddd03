import type { OtlpAttributes, OtlpBatch } from './decode-otlp.ts';
import type { JaegerBatch, JaegerSpan, JaegerTags } from './decode-thrift.ts';

export type Protocol =
  | 'jaeger-http'
  | 'jaeger-udp-compact'
  | 'jaeger-udp-binary'
  | 'otlp-http-protobuf'
  | 'otlp-http-json'
  | 'otlp-grpc';

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface ReceivedEvent {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: OtlpAttributes;
}

/** A span as it arrived, the same shape whichever protocol brought it. */
export interface ReceivedSpan {
  readonly protocol: Protocol;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startTimeNs: bigint;
  readonly endTimeNs: bigint;
  /**
   * The span's own attributes. What Jaeger has no field for and carries as tags (kind, status, scope,
   * `error`) is taken out; lists are still JSON text there.
   */
  readonly attributes: OtlpAttributes;
  /** Under Jaeger every tag as sent, those taken out of `attributes` too; under OTLP the same as `attributes`. */
  readonly tags: OtlpAttributes;
  readonly events: readonly ReceivedEvent[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: OtlpAttributes }[];
  readonly status: { readonly code: 'UNSET' | 'OK' | 'ERROR'; readonly message: string };
  /** Whether the span counts as failed. */
  readonly error: boolean;
  readonly scope: { readonly name: string; readonly version: string };
  /** Jaeger's process tags or the OTLP resource, without `service.name`. */
  readonly resource: OtlpAttributes;
}

/** Tags that Jaeger's mapping makes of a span's fields. */
const mappedTags = new Set([
  'span.kind',
  'error',
  'otel.status_code',
  'otel.status_description',
  'otel.library.name',
  'otel.library.version',
  'otel.scope.name',
  'otel.scope.version',
  'w3c.tracestate',
]);

function isKind(kind: string): kind is SpanKind {
  return ['internal', 'server', 'client', 'producer', 'consumer'].includes(kind);
}

export function fromJaeger(batch: JaegerBatch, protocol: Protocol): ReceivedSpan[] {
  const resource = toPlain(batch.process.tags);
  return batch.spans.map((span) => fromJaegerSpan(span, batch.process.serviceName, resource, protocol));
}

function fromJaegerSpan(span: JaegerSpan, service: string, resource: OtlpAttributes, protocol: Protocol): ReceivedSpan {
  const tags = toPlain(span.tags);
  const text = (key: string): string | undefined => {
    const tag = span.tags[key];
    return tag?.type === 'STRING' ? tag.value : undefined;
  };
  const kind = text('span.kind') ?? 'internal';
  if (!isKind(kind)) throw new Error(`span.kind ${kind} of ${span.operationName}`);
  const code = text('otel.status_code');
  // The parent is named either by the field or by a CHILD_OF reference of the same trace.
  const isParent = (ref: JaegerSpan['references'][number]): boolean =>
    ref.type === 'CHILD_OF' && ref.traceId === span.traceId;
  const parent = span.parentSpanId ?? span.references.find(isParent)?.spanId;
  return {
    protocol,
    service,
    name: span.operationName,
    kind,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: parent,
    startTimeNs: BigInt(span.startTimeUs) * 1000n,
    endTimeNs: BigInt(span.startTimeUs + span.durationUs) * 1000n,
    attributes: Object.fromEntries(Object.entries(tags).filter(([key]) => !mappedTags.has(key))),
    tags,
    events: span.logs.map((log) => {
      const { event, ...attributes } = toPlain(log.fields);
      return { name: typeof event === 'string' ? event : '', timeNs: BigInt(log.timestampUs) * 1000n, attributes };
    }),
    links: span.references
      .filter((ref) => !isParent(ref) || ref.spanId !== parent)
      .map(({ traceId, spanId }) => ({ traceId, spanId, attributes: {} })),
    status: {
      code: code === 'ERROR' || code === 'OK' ? code : 'UNSET',
      message: text('otel.status_description') ?? '',
    },
    error: tags['error'] === true,
    scope: {
      name: text('otel.scope.name') ?? text('otel.library.name') ?? '',
      version: text('otel.scope.version') ?? text('otel.library.version') ?? '',
    },
    resource,
  };
}

function toPlain(tags: JaegerTags): OtlpAttributes {
  return Object.fromEntries(Object.entries(tags).map(([key, tag]) => [key, tag.value]));
}

export function fromOtlp(batch: OtlpBatch, protocol: Protocol): ReceivedSpan[] {
  const { 'service.name': service, ...resource } = batch.resource;
  return batch.spans.map((span) => ({
    protocol,
    service: typeof service === 'string' ? service : '',
    name: span.name,
    kind: span.kind === 'unspecified' ? 'internal' : span.kind,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    startTimeNs: span.startTimeNs,
    endTimeNs: span.endTimeNs,
    attributes: span.attributes,
    tags: span.attributes,
    events: span.events.map(({ name, timeNs, attributes }) => ({ name, timeNs, attributes })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({ traceId, spanId, attributes })),
    status: { code: span.status.code, message: span.status.message ?? '' },
    error: span.status.code === 'ERROR',
    scope: { name: span.scope.name, version: span.scope.version ?? '' },
    resource,
  }));
}
