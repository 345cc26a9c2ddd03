import { type Link, type SpanContext, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from './byte-writer.ts';
import type { EncoderOptions } from './encoder.ts';
import { HexAgain, padId } from './hex.ts';
import { nanosHigh, nanosLow, nanosOf, secondsOf } from './hr-time.ts';
import { toText } from './json-text.ts';
import type { OtlpAttributeWriter } from './otlp-attribute-writer.ts';
import { toOtlpFlags } from './otlp-flags.ts';
import { Repeats } from './repeats.ts';
import { RepeatsByName } from './repeats-by-name.ts';
import { SpanTimes } from './span-times.ts';

/**
 * Writes spans as protobuf; a field that has its default is left out, except where it is meant.
 *
 *     Span { 1: trace_id, 2: span_id, 3: trace_state, 4: parent_span_id, 5: name, 6: kind,
 *            7: start ns fixed64, 8: end ns fixed64, 9: attributes*, 10: dropped_attributes_count,
 *            11: Event*, 12: dropped_events_count, 13: Link*, 14: dropped_links_count,
 *            15: Status, 16: flags fixed32 }
 *     Event { 1: time ns fixed64, 2: name, 3: attributes*, 4: dropped_attributes_count }
 *     Link { 1: trace_id, 2: span_id, 3: trace_state, 4: attributes*, 5: dropped_attributes_count, 6: flags fixed32 }
 *     Status { 2: message, 3: code }
 *
 * A tag is its field number times eight, plus 0 for a varint, 1 for 64 bits, 2 for bytes, 5 for 32 bits.
 */
export class OtlpSpanWriter {
  readonly #writer: ByteWriter;
  readonly #attributes: OtlpAttributeWriter;
  readonly #repeats: RepeatsByName;
  readonly #times: SpanTimes;
  readonly #traceId = new HexAgain(32);
  readonly #parentId = new HexAgain(16);

  constructor(writer: ByteWriter, attributes: OtlpAttributeWriter, options: EncoderOptions) {
    this.#writer = writer;
    this.#attributes = attributes;
    this.#times = new SpanTimes(options);
    this.#repeats = new RepeatsByName(
      () => new Repeats(writer, options, (key, value) => attributes.keyValue(writer, 0x4a, key, value)),
    );
  }

  /** @param tag of the repeated field that the span is one of */
  span(tag: number, span: ReadableSpan): void {
    const writer = this.#writer;
    const context = span.spanContext();
    const parent = span.parentSpanContext;
    writer.u8(tag);
    // most spans are between 128 bytes and 16 KB: a length of two bytes moves nothing
    const mark = writer.openLength(2);
    this.#ids(writer, context);
    if (parent?.spanId) {
      writer.u16(0x2208);
      this.#parentId.write(writer, parent.spanId);
    }
    const alike = this.#repeats.of(span);
    alike.name(writer, span, writeName);
    writeCount(writer, 0x30, span.kind + 1);
    const times = this.#times;
    times.read(span);
    writeTime(writer, 0x39, times.startSeconds, times.startNanos);
    writeTime(writer, 0x41, times.endSeconds, times.endNanos);
    const { repeats } = alike;
    repeats.begin(span);
    repeats.end();
    writeCount(writer, 0x50, span.droppedAttributesCount);
    for (const event of span.events) this.#event(writer, event);
    writeCount(writer, 0x60, span.droppedEventsCount);
    for (const link of span.links) this.#link(writer, link);
    writeCount(writer, 0x70, span.droppedLinksCount);
    if (span.status.code !== SpanStatusCode.UNSET) writeStatus(writer, span.status);
    writer.u16(0x8501);
    writer.u32Le(toOtlpFlags(context, parent));
    const moved = writer.closeLength(mark, 2);
    if (moved === 0) return;
    repeats.moved(moved);
    this.#traceId.forget();
    this.#parentId.forget();
  }

  #ids(writer: ByteWriter, { traceId, spanId, traceState }: SpanContext): void {
    writer.u16(0x0a10);
    this.#traceId.write(writer, traceId);
    writer.u16(0x1208);
    writer.hex64(padId(spanId, 16), 0);
    writeText(writer, 0x1a, traceState?.serialize());
  }

  #event(writer: ByteWriter, { time, name, attributes, droppedAttributesCount }: TimedEvent): void {
    writer.u8(0x5a);
    const mark = writer.openLength(1);
    writeTime(writer, 0x09, secondsOf(time), nanosOf(time));
    writeText(writer, 0x12, toText(name));
    if (attributes !== undefined) this.#attributes.attributes(writer, 0x1a, attributes);
    writeCount(writer, 0x20, droppedAttributesCount);
    writer.closeLength(mark, 1);
  }

  #link(writer: ByteWriter, { context, attributes, droppedAttributesCount }: Link): void {
    writer.u8(0x6a);
    const mark = writer.openLength(1);
    this.#ids(writer, context);
    if (attributes !== undefined) this.#attributes.attributes(writer, 0x22, attributes);
    writeCount(writer, 0x28, droppedAttributesCount);
    writer.u8(0x35);
    writer.u32Le(toOtlpFlags(context, context));
    if (writer.closeLength(mark, 1) !== 0) this.#traceId.forget();
  }
}

function writeName(writer: ByteWriter, name: string): void {
  writeText(writer, 0x2a, toText(name));
}

/** A field of text, unless it has its default. */
export function writeText(writer: ByteWriter, tag: number, text: string | undefined): void {
  if (!text) return;
  writer.u8(tag);
  writer.textVarint(toText(text));
}

function writeCount(writer: ByteWriter, tag: number, count: number | undefined): void {
  if (!count) return;
  writer.u8(tag);
  writer.varint(count);
}

function writeTime(writer: ByteWriter, tag: number, seconds: number, nanos: number): void {
  writer.u8(tag);
  writer.u64Le(nanosHigh(seconds, nanos), nanosLow(seconds, nanos));
}

function writeStatus(writer: ByteWriter, { code, message }: ReadableSpan['status']): void {
  writer.u8(0x7a);
  const mark = writer.openLength(1);
  writeText(writer, 0x12, message);
  writeCount(writer, 0x18, code);
  writer.closeLength(mark, 1);
}
