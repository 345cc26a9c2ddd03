import { type Link, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { hexToU32, padId } from './hex.ts';
import { toMicros } from './hr-time.ts';
import { toText } from './json-text.ts';
import type { JaegerTagWriter } from './jaeger-tag-writer.ts';
import type { ThriftProtocol } from './thrift-protocol.ts';

const FOLLOWS_FROM = 1;
const TWO_32 = 2 ** 32;

const kinds: Readonly<Partial<Record<SpanKind, string>>> = {
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

/** The tags that say which instrumentation made the span, encoded once for all its spans. */
interface ScopeTags {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/**
 * Writes Jaeger spans by OpenTelemetry's mapping, tag for tag as the Go original's exporter does.
 *
 *     Span { 1: traceIdLow, 2: traceIdHigh, 3: spanId, 4: parentSpanId (0: none), 5: operationName,
 *            6: references?, 7: flags, 8: startTime µs, 9: duration µs, 10: tags?, 11: logs? }
 *     SpanRef { 1: refType, 2: traceIdLow, 3: traceIdHigh, 4: spanId }
 *     Log { 1: timestamp µs, 2: fields }
 *
 * The parent stands in `parentSpanId` alone; references are the span's links.
 */
export class JaegerSpanWriter {
  readonly #protocol: ThriftProtocol;
  readonly #tags: JaegerTagWriter;
  readonly #scopes = new WeakMap<ReadableSpan['instrumentationScope'], ScopeTags>();

  constructor(protocol: ThriftProtocol, tags: JaegerTagWriter) {
    this.#protocol = protocol;
    this.#tags = tags;
  }

  span(span: ReadableSpan): void {
    const protocol = this.#protocol;
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const parentId = padId(span.parentSpanContext?.spanId ?? '', 16);
    this.#ids(1, traceId, spanId);
    protocol.i64Field(4, 3, hexToU32(parentId, 0), hexToU32(parentId, 8));
    protocol.textField(5, 4, toText(span.name));
    const hasLinks = span.links.length > 0;
    if (hasLinks) this.#references(span.links);
    protocol.i32Field(7, hasLinks ? 6 : 5, traceFlags);
    this.#micros(8, 7, toMicros(span.startTime));
    this.#micros(9, 8, toMicros(span.duration));
    this.#spanTags(span, traceState?.serialize());
    if (span.events.length > 0) this.#logs(span.events);
    protocol.stop();
  }

  #spanTags(span: ReadableSpan, traceState: string | undefined): void {
    const { writer } = this.#protocol;
    const tags = this.#tags;
    const list = this.#protocol.listField(10, 9);
    const scope = this.#scope(span.instrumentationScope);
    let count = tags.tags(span.attributes) + scope.count;
    writer.bytes(scope.bytes);
    const kind = kinds[span.kind];
    if (kind !== undefined) count += tags.text('span.kind', kind);
    count += this.#status(span.status);
    if (traceState) count += tags.text('w3c.tracestate', traceState);
    count += this.#dropped('otel.dropped_attributes_count', span.droppedAttributesCount);
    count += this.#dropped('otel.dropped_events_count', span.droppedEventsCount);
    count += this.#dropped('otel.dropped_links_count', span.droppedLinksCount);
    this.#protocol.closeList(list, count);
  }

  #status({ code, message }: ReadableSpan['status']): number {
    const tags = this.#tags;
    if (code === SpanStatusCode.OK) return tags.text('otel.status_code', 'OK');
    if (code !== SpanStatusCode.ERROR) return 0;
    const described = message ? tags.text('otel.status_description', toText(message)) : 0;
    return tags.bool('error', true) + tags.text('otel.status_code', 'ERROR') + described;
  }

  #dropped(key: string, count: number | undefined): number {
    return count ? this.#tags.long(key, count) : 0;
  }

  #scope(scope: ReadableSpan['instrumentationScope']): ScopeTags {
    const known = this.#scopes.get(scope);
    if (known !== undefined) return known;
    const { writer } = this.#protocol;
    const mark = writer.at;
    let count = 0;
    if (scope.name) count += this.#tags.text('otel.library.name', scope.name);
    if (scope.version) count += this.#tags.text('otel.library.version', scope.version);
    const made = { bytes: writer.copy(mark), count };
    if (writer.overflowed) return made;
    writer.rewind(mark);
    this.#scopes.set(scope, made);
    return made;
  }

  #references(links: readonly Link[]): void {
    const protocol = this.#protocol;
    const list = protocol.listField(6, 5);
    for (const { context } of links) {
      protocol.i32Field(1, 0, FOLLOWS_FROM);
      this.#ids(2, context.traceId, context.spanId);
      protocol.stop();
    }
    protocol.closeList(list, links.length);
  }

  #logs(events: readonly TimedEvent[]): void {
    const protocol = this.#protocol;
    const logs = protocol.listField(11, 10);
    for (const { time, name, attributes = {}, droppedAttributesCount } of events) {
      this.#micros(1, 0, toMicros(time));
      const fields = protocol.listField(2, 1);
      // an attribute of this name takes precedence over the event's name
      let count = Object.hasOwn(attributes, 'event') ? 0 : this.#tags.text('event', toText(name));
      count += this.#tags.tags(attributes);
      count += this.#dropped('otel.event.dropped_attributes_count', droppedAttributesCount);
      protocol.closeList(fields, count);
      protocol.stop();
    }
    protocol.closeList(logs, events.length);
  }

  /** traceIdLow, traceIdHigh and spanId, as three fields from `id` on. */
  #ids(id: number, traceId: string, spanId: string): void {
    const protocol = this.#protocol;
    const trace = padId(traceId, 32);
    const span = padId(spanId, 16);
    protocol.i64Field(id, id - 1, hexToU32(trace, 16), hexToU32(trace, 24));
    protocol.i64Field(id + 1, id, hexToU32(trace, 0), hexToU32(trace, 8));
    protocol.i64Field(id + 2, id + 1, hexToU32(span, 0), hexToU32(span, 8));
  }

  #micros(id: number, previousId: number, micros: number): void {
    this.#protocol.i64Field(id, previousId, Math.floor(micros / TWO_32), micros >>> 0);
  }
}
