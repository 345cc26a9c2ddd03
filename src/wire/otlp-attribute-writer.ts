import type { ByteWriter } from './byte-writer.ts';
import { toText } from './json-text.ts';

const KEY = 0x0a;
const VALUE = 0x12;

const STRING = 0x0a;
const BOOL = 0x10;
const INT = 0x18;
const DOUBLE = 0x21;
const ARRAY = 0x2a;
const KVLIST = 0x32;
const BYTES = 0x3a;
const ITEM = 0x0a;

const TWO_32 = 2 ** 32;
const TWO_63 = 2 ** 63;

/** Deeper than anyone reads; what is below, a cycle included, is an empty value. */
const MAX_DEPTH = 16;
const MAX_KEYS = 1024;
const MAX_KEY = 128;

/**
 * Writes OTLP attributes; keys come from a cache, for they repeat from span to span.
 *
 *     KeyValue { 1: key, 2: AnyValue }
 *     AnyValue { 1: string | 2: bool | 3: int64 | 4: double | 5: ArrayValue | 6: KeyValueList | 7: bytes }
 *     ArrayValue { 1: repeated AnyValue }   KeyValueList { 1: repeated KeyValue }
 *
 * An integer is an int64 as far as that goes, as in OpenTelemetry's own serialiser. An AnyValue with nothing
 * in it stands for null.
 */
export class OtlpAttributeWriter {
  /** Key fields up to the tag of the value. */
  readonly #keys = new Map<string, Uint8Array>();

  /** @param tag of the repeated KeyValue field that the attributes are */
  attributes(writer: ByteWriter, tag: number, attributes: Readonly<Record<string, unknown>>): void {
    for (const key in attributes) {
      if (!Object.hasOwn(attributes, key)) continue;
      const value = attributes[key];
      if (value !== undefined) this.keyValue(writer, tag, key, value);
    }
  }

  keyValue(writer: ByteWriter, tag: number, key: string, value: unknown, depth = 0): void {
    writer.u8(tag);
    const mark = writer.openLength(1);
    this.#key(writer, key);
    this.#value(writer, value, depth);
    writer.closeLength(mark, 1);
  }

  #key(writer: ByteWriter, key: string): void {
    const known = this.#keys.get(key);
    if (known !== undefined) return writer.bytes(known);
    const mark = writer.at;
    writer.u8(KEY);
    writer.textVarint(key);
    writer.u8(VALUE);
    if (key.length <= MAX_KEY && this.#keys.size < MAX_KEYS && !writer.overflowed) {
      this.#keys.set(key, writer.copy(mark));
    }
  }

  #value(writer: ByteWriter, value: unknown, depth: number): void {
    const mark = writer.openLength(1);
    switch (typeof value) {
      case 'string':
        writer.u8(STRING);
        writer.textVarint(value);
        break;
      case 'number':
        this.#number(writer, value);
        break;
      case 'boolean':
        writer.u8(BOOL);
        writer.u8(value ? 1 : 0);
        break;
      case 'bigint':
        this.#bigint(writer, value);
        break;
      case 'object':
        if (value !== null && depth < MAX_DEPTH) this.#object(writer, value, depth);
        break;
      case 'undefined':
        break;
      default:
        writer.u8(STRING);
        writer.textVarint(toText(value));
    }
    writer.closeLength(mark, 1);
  }

  #number(writer: ByteWriter, value: number): void {
    if (Number.isInteger(value) && value >= -TWO_63 && value < TWO_63) {
      writer.u8(INT);
      writer.varint64(Math.floor(value / TWO_32), value >>> 0);
    } else if (Number.isFinite(value)) {
      writer.u8(DOUBLE);
      writer.f64(value, true);
    } else {
      // OTLP has doubles for them, but Jaeger's query API answers 500 to a trace with one in it: no span can be seen
      writer.u8(STRING);
      writer.textVarint(String(value));
    }
  }

  #bigint(writer: ByteWriter, value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      writer.u8(INT);
      writer.varint64(Number(BigInt.asUintN(32, value >> 32n)), Number(BigInt.asUintN(32, value)));
    } else {
      writer.u8(STRING);
      writer.textVarint(String(value));
    }
  }

  #object(writer: ByteWriter, value: object, depth: number): void {
    const start = writer.at;
    try {
      if (value instanceof Uint8Array) {
        writer.u8(BYTES);
        writer.varint(value.length);
        writer.bytes(value);
        return;
      }
      writer.u8(Array.isArray(value) ? ARRAY : KVLIST);
      const mark = writer.openLength(1);
      if (Array.isArray(value)) this.#items(writer, value, depth);
      else this.#entries(writer, value as Readonly<Record<string, unknown>>, depth);
      writer.closeLength(mark, 1);
    } catch {
      // a getter of the app's threw: no value is better than half of one
      if (!writer.overflowed) writer.rewind(start);
    }
  }

  #items(writer: ByteWriter, items: readonly unknown[], depth: number): void {
    // two bytes each at least: an array that cannot fit is not worth walking
    if (!writer.room(items.length * 2)) return;
    for (const item of items) {
      writer.u8(ITEM);
      this.#value(writer, item, depth + 1);
    }
  }

  #entries(writer: ByteWriter, record: Readonly<Record<string, unknown>>, depth: number): void {
    for (const key in record) {
      if (!Object.hasOwn(record, key)) continue;
      this.keyValue(writer, ITEM, key, record[key], depth + 1);
      if (writer.overflowed) return;
    }
  }
}
