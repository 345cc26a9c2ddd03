import type { HrTime, Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from './byte-writer.ts';
import type { EncoderOptions } from './encoder.ts';
import { toHexId } from './hex.ts';
import { toNanosText } from './hr-time.ts';
import { toText, writeJsonString } from './json-text.ts';
import { toOtlpFlags } from './otlp-flags.ts';
import type { OtlpJsonAttributeWriter } from './otlp-json-attribute-writer.ts';
import { Repeats } from './repeats.ts';
import { RepeatsByName } from './repeats-by-name.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * Writes spans as JSON, one behind the other; a field that has its default is left out, except where it is meant.
 *
 *     {"traceId":"…","spanId":"…","name":"…","kind":2,"startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":[…],
 *      "events":[…],"links":[…],"status":{"code":0},"flags":257}
 */
export class OtlpJsonSpanWriter {
  readonly #writer: ByteWriter;
  readonly #attributes: OtlpJsonAttributeWriter;
  readonly #repeats: RepeatsByName;

  constructor(writer: ByteWriter, attributes: OtlpJsonAttributeWriter, options: EncoderOptions) {
    this.#writer = writer;
    this.#attributes = attributes;
    this.#repeats = new RepeatsByName(
      () => new Repeats(writer, options, (key, value) => attributes.following(writer, key, value)),
    );
  }

  span(span: ReadableSpan): void {
    const writer = this.#writer;
    if (writer.at > 0) writer.text(',');
    const context = span.spanContext();
    const parent = span.parentSpanContext;
    writeIds(writer, context);
    if (parent?.spanId) writer.text(`,"parentSpanId":"${toHexId(parent.spanId, 16)}"`);
    writer.text(',"name":');
    writeJsonString(writer, toText(span.name));
    writer.text(
      `,"kind":${span.kind + 1},"startTimeUnixNano":${timeToJson(span.startTime)}` +
        `,"endTimeUnixNano":${timeToJson(span.endTime)},"attributes":`,
    );
    this.#spanAttributes(span);
    writeCount(writer, ',"droppedAttributesCount":', span.droppedAttributesCount);
    this.#list(writer, ',"events":[', span.events, this.#event);
    writeCount(writer, ',"droppedEventsCount":', span.droppedEventsCount);
    this.#list(writer, ',"links":[', span.links, this.#link);
    writeCount(writer, ',"droppedLinksCount":', span.droppedLinksCount);
    writer.text(`,"status":{"code":${span.status.code}`);
    writeText(writer, ',"message":', span.status.message);
    writer.text(`},"flags":${toOtlpFlags(context, parent)}}`);
  }

  #spanAttributes(span: ReadableSpan): void {
    const writer = this.#writer;
    const { repeats } = this.#repeats.of(span);
    const mark = writer.at;
    repeats.begin(span);
    // the comma in front of the first
    if (repeats.end() > 0) writer.setU8(mark, OPEN);
    else writer.u8(OPEN);
    writer.u8(CLOSE);
  }

  #list<T>(writer: ByteWriter, head: string, items: readonly T[], write: (writer: ByteWriter, item: T) => void): void {
    if (items.length === 0) return;
    writer.text(head);
    for (const [i, item] of items.entries()) {
      if (i > 0) writer.text(',');
      write(writer, item);
    }
    writer.text(']');
  }

  readonly #event = (writer: ByteWriter, { time, name, attributes, droppedAttributesCount }: TimedEvent): void => {
    writer.text(`{"timeUnixNano":${timeToJson(time)},"name":`);
    writeJsonString(writer, toText(name));
    writer.text(',"attributes":');
    this.#attributes.attributes(writer, attributes ?? {});
    writeCount(writer, ',"droppedAttributesCount":', droppedAttributesCount);
    writer.text('}');
  };

  readonly #link = (writer: ByteWriter, { context, attributes, droppedAttributesCount }: Link): void => {
    writeIds(writer, context);
    writer.text(',"attributes":');
    this.#attributes.attributes(writer, attributes ?? {});
    writeCount(writer, ',"droppedAttributesCount":', droppedAttributesCount);
    writer.text(`,"flags":${toOtlpFlags(context, context)}}`);
  };
}

/** Begins the object that the ids are the first fields of. */
function writeIds(writer: ByteWriter, { traceId, spanId, traceState }: Link['context']): void {
  writer.text(`{"traceId":"${toHexId(traceId, 32)}","spanId":"${toHexId(spanId, 16)}"`);
  writeText(writer, ',"traceState":', traceState?.serialize());
}

/** @param name of the field, as it stands in front of the value */
export function writeText(writer: ByteWriter, name: string, text: string | undefined): void {
  if (!text) return;
  writer.text(name);
  writeJsonString(writer, toText(text));
}

function writeCount(writer: ByteWriter, name: string, count: number | undefined): void {
  if (count) writer.text(`${name}${count}`);
}

function timeToJson(time: HrTime): string {
  return `"${toNanosText(time)}"`;
}
