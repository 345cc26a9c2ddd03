import type { HrTime, Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { ByteWriter } from './byte-writer.ts';
import type { Encoder } from './encoder.ts';
import { toHexId } from './hex.ts';
import { toNanosText } from './hr-time.ts';
import { toText, writeJsonString } from './json-text.ts';
import { type Frame, type Level, OtlpBatch, type OtlpFormat, type Scope } from './otlp-batch.ts';
import { toOtlpFlags } from './otlp-flags.ts';
import { OtlpJsonAttributeWriter } from './otlp-json-attribute-writer.ts';

/**
 * Creates the encoder for `POST /v1/traces` in JSON, which is for eyes and for collectors that take nothing
 * else: it is larger than protobuf and takes longer.
 */
export function createOtlpJsonEncoder(): Encoder {
  return new OtlpBatch(new JsonFormat());
}

const opening: Readonly<Record<Level, Uint8Array>> = {
  resource: Buffer.from('{"resourceSpans":['),
  'first scope': new Uint8Array(0),
  scope: Buffer.from(','),
};

/**
 *     {"resourceSpans":[{"resource":{"attributes":[…]},"scopeSpans":[
 *       {"scope":{"name":…,"version":…},"spans":[ span, … ],"schemaUrl":…}, …
 *     ],"schemaUrl":…}]}
 *
 * After the proto's JSON form: ids are hex, 64-bit integers and times decimal strings, enumerations numbers.
 */
class JsonFormat implements OtlpFormat {
  readonly contentType = 'application/json';
  readonly #attributes = new OtlpJsonAttributeWriter();

  resourceFrame(attributes: Readonly<Record<string, unknown>>, { schemaUrl }: ReadableSpan['resource']): Frame {
    const head = toBytes((writer) => {
      writer.text('{"resource":{"attributes":');
      this.#attributes.attributes(writer, attributes);
      writer.text('},"scopeSpans":[');
    });
    return { head, tail: toTail(schemaUrl, '}]}') };
  }

  scopeFrame({ name, version, schemaUrl }: Scope): Frame {
    const head = toBytes((writer) => {
      writer.text('{"scope":{"name":');
      writeJsonString(writer, toText(name));
      writeText(writer, ',"version":', version);
      writer.text('},"spans":[');
    });
    return { head, tail: toTail(schemaUrl, '}') };
  }

  writeSpan(writer: ByteWriter, span: ReadableSpan): void {
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
    this.#attributes.attributes(writer, span.attributes);
    writeCount(writer, ',"droppedAttributesCount":', span.droppedAttributesCount);
    this.#list(writer, ',"events":[', span.events, this.#event);
    writeCount(writer, ',"droppedEventsCount":', span.droppedEventsCount);
    this.#list(writer, ',"links":[', span.links, this.#link);
    writeCount(writer, ',"droppedLinksCount":', span.droppedLinksCount);
    writer.text(`,"status":{"code":${span.status.code}`);
    writeText(writer, ',"message":', span.status.message);
    writer.text(`},"flags":${toOtlpFlags(context, parent)}}`);
  }

  lead(_bytes: number, level: Level): Uint8Array {
    return opening[level];
  }

  leadBytes(_bytes: number, level: Level): number {
    return opening[level].length;
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
function writeText(writer: ByteWriter, name: string, text: string | undefined): void {
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

function toTail(schemaUrl: string | undefined, end: string): Uint8Array {
  return toBytes((writer) => {
    writer.text(']');
    writeText(writer, ',"schemaUrl":', schemaUrl);
    writer.text(end);
  });
}

function toBytes(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.copy(0);
}
