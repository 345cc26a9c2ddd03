import { type Link, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from './byte-writer.ts';
import type { EncoderOptions } from './encoder.ts';
import { padId } from './hex.ts';
import { toMicros } from './hr-time.ts';
import { toText } from './json-text.ts';
import type { JaegerTagWriter } from './jaeger-tag-writer.ts';
import { Repeats } from './repeats.ts';
import { RepeatsByName } from './repeats-by-name.ts';
import { SpanTimes } from './span-times.ts';
import type { ThriftProtocol } from './thrift-protocol.ts';

const FOLLOWS_FROM = 1;

const kinds: Readonly<Partial<Record<SpanKind, string>>> = {
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

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
  readonly #repeats: RepeatsByName;
  readonly #times: SpanTimes;

  constructor(protocol: ThriftProtocol, tags: JaegerTagWriter, options: EncoderOptions) {
    this.#protocol = protocol;
    this.#tags = tags;
    this.#times = new SpanTimes(options);
    this.#repeats = new RepeatsByName(
      () => new Repeats(protocol.writer, options, (key, value) => tags.tag(key, value)),
    );
  }

  readonly #writeName = (_: ByteWriter, name: string): void => this.#protocol.textField(5, 4, toText(name));

  span(span: ReadableSpan): void {
    const protocol = this.#protocol;
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const parentId = span.parentSpanContext?.spanId;
    this.#ids(1, traceId, spanId);
    if (parentId) protocol.hexField(4, 3, padId(parentId, 16), 0);
    else protocol.i64Field(4, 3, 0);
    const alike = this.#repeats.of(span);
    alike.name(protocol.writer, span, this.#writeName);
    const hasLinks = span.links.length > 0;
    if (hasLinks) this.#references(span.links);
    protocol.i32Field(7, hasLinks ? 6 : 5, traceFlags);
    const times = this.#times;
    times.read(span);
    protocol.i64Field(8, 7, times.startMicros);
    protocol.i64Field(9, 8, times.durationMicros(span));
    this.#spanTags(span, alike.repeats, traceState?.serialize());
    if (span.events.length > 0) this.#logs(span.events);
    protocol.stop();
  }

  #spanTags(span: ReadableSpan, tags: Repeats, traceState: string | undefined): void {
    const list = this.#protocol.listField(10, 9);
    const { instrumentationScope: scope, kind } = span;
    tags.begin(span);
    if (scope.name) tags.add('otel.library.name', scope.name);
    if (scope.version) tags.add('otel.library.version', scope.version);
    tags.add('span.kind', kinds[kind]);
    addStatus(tags, span.status);
    if (traceState) tags.add('w3c.tracestate', traceState);
    if (span.droppedAttributesCount) tags.add('otel.dropped_attributes_count', span.droppedAttributesCount);
    if (span.droppedEventsCount) tags.add('otel.dropped_events_count', span.droppedEventsCount);
    if (span.droppedLinksCount) tags.add('otel.dropped_links_count', span.droppedLinksCount);
    const count = tags.end();
    tags.moved(this.#protocol.closeList(list, count));
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
      protocol.i64Field(1, 0, toMicros(time));
      const fields = protocol.listField(2, 1);
      // an attribute of this name takes precedence over the event's name
      let count = Object.hasOwn(attributes, 'event') ? 0 : this.#tags.tag('event', toText(name));
      count += this.#tags.tags(attributes);
      count += this.#tags.tag('otel.event.dropped_attributes_count', droppedAttributesCount || undefined);
      protocol.closeList(fields, count);
      protocol.stop();
    }
    protocol.closeList(logs, events.length);
  }

  /** traceIdLow, traceIdHigh and spanId, as three fields from `id` on. */
  #ids(id: number, traceId: string, spanId: string): void {
    const protocol = this.#protocol;
    const trace = padId(traceId, 32);
    protocol.hexField(id, id - 1, trace, 16);
    protocol.hexField(id + 1, id, trace, 0);
    protocol.hexField(id + 2, id + 1, padId(spanId, 16), 0);
  }
}

function addStatus(tags: Repeats, { code, message }: ReadableSpan['status']): void {
  if (code === SpanStatusCode.OK) return tags.add('otel.status_code', 'OK');
  if (code !== SpanStatusCode.ERROR) return;
  tags.add('error', true);
  tags.add('otel.status_code', 'ERROR');
  tags.add('otel.status_description', message ? toText(message) : undefined);
}
