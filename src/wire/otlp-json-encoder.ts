import type { HrTime, Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from './byte-writer.ts';
import type { Encoder } from './encoder.ts';
import { padId } from './hex.ts';
import { toNanosText } from './hr-time.ts';
import { toText } from './json-text.ts';
import { type Frame, type Level, OtlpBatch, type OtlpFormat, type Scope } from './otlp-batch.ts';
import { toOtlpFlags } from './otlp-flags.ts';
import { attributesToJson, textToJson } from './otlp-json-value.ts';

/**
 * Creates the encoder for `POST /v1/traces` in JSON, which is for eyes and for collectors that take nothing
 * else: it is larger than protobuf and takes longer.
 */
export function createOtlpJsonEncoder(): Encoder {
  return new OtlpBatch(new JsonFormat());
}

const COMMA = 0x2c;

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
 * After the proto's JSON form: ids are hex, 64-bit integers and times decimal strings, NaN and the infinities words,
 * enumerations numbers.
 */
class JsonFormat implements OtlpFormat {
  readonly contentType = 'application/json';

  resourceFrame(attributes: Readonly<Record<string, unknown>>, { schemaUrl }: ReadableSpan['resource']): Frame {
    const resource = `{"resource":{"attributes":${attributesToJson(attributes)}},"scopeSpans":[`;
    return { head: Buffer.from(resource), tail: Buffer.from(`]${textField('schemaUrl', schemaUrl)}}]}`) };
  }

  scopeFrame({ name, version, schemaUrl }: Scope): Frame {
    const scope = `{"scope":{"name":${textToJson(toText(name))}${textField('version', version)}},"spans":[`;
    return { head: Buffer.from(scope), tail: Buffer.from(`]${textField('schemaUrl', schemaUrl)}}`) };
  }

  writeSpan(writer: ByteWriter, span: ReadableSpan): void {
    if (writer.at > 0) writer.u8(COMMA);
    try {
      writer.text(spanToJson(span));
    } catch {
      // longer than the runtime lets a string be
      writer.refuse();
    }
  }

  lead(_bytes: number, level: Level): Uint8Array {
    return opening[level];
  }

  leadBytes(_bytes: number, level: Level): number {
    return opening[level].length;
  }
}

function spanToJson(span: ReadableSpan): string {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  return (
    `{${idsToJson(context)}` +
    (parent?.spanId ? `,"parentSpanId":"${toHex(parent.spanId, 16)}"` : '') +
    `,"name":${textToJson(toText(span.name))},"kind":${span.kind + 1}` +
    `,"startTimeUnixNano":${timeToJson(span.startTime)},"endTimeUnixNano":${timeToJson(span.endTime)}` +
    `,"attributes":${attributesToJson(span.attributes)}` +
    countField('droppedAttributesCount', span.droppedAttributesCount) +
    (span.events.length > 0 ? `,"events":[${span.events.map(eventToJson).join(',')}]` : '') +
    countField('droppedEventsCount', span.droppedEventsCount) +
    (span.links.length > 0 ? `,"links":[${span.links.map(linkToJson).join(',')}]` : '') +
    countField('droppedLinksCount', span.droppedLinksCount) +
    `,"status":${statusToJson(span.status)},"flags":${toOtlpFlags(context, parent)}}`
  );
}

function eventToJson({ time, name, attributes, droppedAttributesCount }: TimedEvent): string {
  return (
    `{"timeUnixNano":${timeToJson(time)},"name":${textToJson(toText(name))}` +
    `,"attributes":${attributesToJson(attributes ?? {})}` +
    `${countField('droppedAttributesCount', droppedAttributesCount)}}`
  );
}

function linkToJson({ context, attributes, droppedAttributesCount }: Link): string {
  return (
    `{${idsToJson(context)},"attributes":${attributesToJson(attributes ?? {})}` +
    `${countField('droppedAttributesCount', droppedAttributesCount)},"flags":${toOtlpFlags(context, context)}}`
  );
}

function statusToJson({ code, message }: ReadableSpan['status']): string {
  return message ? `{"code":${code}${textField('message', message)}}` : `{"code":${code}}`;
}

function idsToJson({ traceId, spanId, traceState }: Link['context']): string {
  const ids = `"traceId":"${toHex(traceId, 32)}","spanId":"${toHex(spanId, 16)}"`;
  return traceState === undefined ? ids : ids + textField('traceState', traceState.serialize());
}

/** Lower case, as ids are everywhere else; whoever made the id may have had another taste. */
function toHex(id: string, length: 16 | 32): string {
  return padId(id, length)
    .toLowerCase()
    .replaceAll(/[^0-9a-f]/g, '0');
}

function timeToJson(time: HrTime): string {
  return `"${toNanosText(time)}"`;
}

function textField(name: string, text: string | undefined): string {
  return text ? `,"${name}":${textToJson(toText(text))}` : '';
}

function countField(name: string, count: number | undefined): string {
  return count ? `,"${name}":${count}` : '';
}
