import type { Decoded } from '../span.ts';
import { ByteReader, DecodeError, type DecodeLimits } from './byte-reader.ts';
import type { OtlpMessage } from './otlp-request.ts';
import { toSpans } from './otlp-spans.ts';

type Read = (reader: ByteReader) => unknown;

interface Field {
  readonly name: string;
  readonly wireType: number;
  readonly read: Read;
  readonly isRepeated: boolean;
}

type Schema = ReadonlyMap<number, Field>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const scalar = (name: string, wireType: number, read: Read): Field => ({ name, wireType, read, isRepeated: false });
const text = (name: string): Field => scalar(name, BYTES, (reader) => reader.text(reader.varint53()));
const id = (name: string): Field => scalar(name, BYTES, (reader) => reader.hex(reader.varint53()));
const small = (name: string): Field => scalar(name, VARINT, (reader) => reader.varint53());
const nanos = (name: string): Field => scalar(name, FIXED64, (reader) => reader.u64LE());
const message = (name: string, schema: () => Schema): Field =>
  scalar(name, BYTES, (reader) => readMessage(reader, schema(), reader.varint53()));
const list = (name: string, schema: () => Schema): Field => ({ ...message(name, schema), isRepeated: true });

/** What is shown of opentelemetry/proto/{collector/trace,trace,common,resource}/v1; other fields are skipped. */
const keyValue: Schema = new Map([
  [1, text('key')],
  [2, message('value', () => anyValue)],
]);
const anyValue: Schema = new Map([
  [1, text('stringValue')],
  [2, scalar('boolValue', VARINT, (reader) => reader.varint() !== 0n)],
  [3, scalar('intValue', VARINT, (reader) => reader.varint())],
  [4, scalar('doubleValue', FIXED64, (reader) => reader.f64LE())],
  [5, message('arrayValue', () => arrayValue)],
  [6, message('kvlistValue', () => keyValueList)],
  [7, scalar('bytesValue', BYTES, (reader) => reader.base64(reader.varint53()))],
]);
const arrayValue: Schema = new Map([[1, list('values', () => anyValue)]]);
const keyValueList: Schema = new Map([[1, list('values', () => keyValue)]]);
const attributes = list('attributes', () => keyValue);
const scope: Schema = new Map([
  [1, text('name')],
  [2, text('version')],
]);
const event: Schema = new Map([
  [1, nanos('timeUnixNano')],
  [2, text('name')],
  [3, attributes],
]);
const link: Schema = new Map([
  [1, id('traceId')],
  [2, id('spanId')],
  [4, attributes],
]);
const status: Schema = new Map([
  [2, text('message')],
  [3, small('code')],
]);
const span: Schema = new Map([
  [1, id('traceId')],
  [2, id('spanId')],
  [3, text('traceState')],
  [4, id('parentSpanId')],
  [5, text('name')],
  [6, small('kind')],
  [7, nanos('startTimeUnixNano')],
  [8, nanos('endTimeUnixNano')],
  [9, attributes],
  [11, list('events', () => event)],
  [13, list('links', () => link)],
  [15, message('status', () => status)],
]);
const scopeSpans: Schema = new Map([
  [1, message('scope', () => scope)],
  [2, list('spans', () => span)],
]);
const resource: Schema = new Map([[1, attributes]]);
const resourceSpans: Schema = new Map([
  [1, message('resource', () => resource)],
  [2, list('scopeSpans', () => scopeSpans)],
]);
const request: Schema = new Map([[1, list('resourceSpans', () => resourceSpans)]]);

/**
 * Reads the body of a POST to `/v1/traces` that is protobuf.
 *
 * @throws {DecodeError} where it is no such message
 */
export function decodeOtlpProtobuf(body: Uint8Array, limits?: DecodeLimits): Decoded {
  const reader = new ByteReader(body, limits);
  return toSpans(readMessage(reader, request, reader.length));
}

function readMessage(reader: ByteReader, schema: Schema, length: number): OtlpMessage {
  reader.count();
  const end = reader.at + length;
  if (end > reader.length) throw new DecodeError(`${length} bytes at ${reader.at} are not there`);
  const message: Record<string, unknown> = {};
  reader.inside(() => {
    while (reader.at < end) {
      const tag = reader.varint53();
      const field = schema.get(Math.floor(tag / 8));
      if (field === undefined || field.wireType !== tag % 8) {
        skip(reader, tag % 8);
        continue;
      }
      const value = field.read(reader);
      const before = message[field.name];
      if (!field.isRepeated) message[field.name] = value;
      else if (Array.isArray(before)) before.push(value);
      else message[field.name] = [value];
    }
  });
  if (reader.at !== end) throw new DecodeError(`a message ends at ${reader.at}, not at ${end}`);
  return message;
}

function skip(reader: ByteReader, wireType: number): void {
  if (wireType === VARINT) reader.varint();
  else if (wireType === FIXED64) reader.skip(8);
  else if (wireType === BYTES) reader.skip(reader.varint53());
  else if (wireType === FIXED32) reader.skip(4);
  else throw new DecodeError(`protobuf has no wire type ${wireType}`);
}
