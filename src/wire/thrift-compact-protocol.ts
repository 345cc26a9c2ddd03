import { type ByteWriter, varintSize } from './byte-writer.ts';
import { hexToU32 } from './hex.ts';
import type { ThriftProtocol } from './thrift-protocol.ts';

const TRUE = 1;
const FALSE = 2;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const types = { i64: I64, double: DOUBLE, text: BINARY, bytes: BINARY } as const;

const PROTOCOL_ID = 0x82;
const VERSION_1_ONEWAY = (4 << 5) | 1;
/** From this count on a list's count stands in a varint of its own. */
const LONG_LIST = 15;

const TWO_32 = 2 ** 32;

/**
 * TCompactProtocol, version 1: everything as short as it gets.
 *
 *     message  82 | type 3 bits, version 5 bits | sequence varint | name varint+bytes
 *     field    id difference 4 bits, type 4 bits | value; a bool's type is its value
 *     list     count 4 bits, type 4 bits | elements; F in place of the count: it follows as a varint
 *     integer  zigzag varint; double is little-endian, as its writers do it
 *     text     count varint | bytes
 *     stop     00
 */
export class ThriftCompactProtocol implements ThriftProtocol {
  readonly writer: ByteWriter;

  constructor(writer: ByteWriter) {
    this.writer = writer;
  }

  onewayMessage(name: string): void {
    this.writer.u8(PROTOCOL_ID);
    this.writer.u8(VERSION_1_ONEWAY);
    this.writer.varint(0);
    this.writer.textVarint(name);
  }

  structField(id: number, previousId: number): void {
    this.#field(STRUCT, id, previousId);
  }

  i32Field(id: number, previousId: number, value: number): void {
    this.#field(I32, id, previousId);
    this.writer.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  i64Field(id: number, previousId: number, value: number): void {
    this.#field(I64, id, previousId);
    this.i64(value);
  }

  hexField(id: number, previousId: number, digits: string, from: number): void {
    this.#field(I64, id, previousId);
    this.hex(digits, from);
  }

  textField(id: number, previousId: number, value: string): void {
    this.#field(BINARY, id, previousId);
    this.writer.textVarint(value);
  }

  boolField(id: number, previousId: number, value: boolean): void {
    this.#field(value ? TRUE : FALSE, id, previousId);
  }

  valueField(id: number, previousId: number, type: keyof typeof types): void {
    this.#field(types[type], id, previousId);
  }

  i64(value: number): void {
    this.#zigzag(Math.floor(value / TWO_32), value >>> 0);
  }

  hex(digits: string, from: number): void {
    this.#zigzag(hexToU32(digits, from), hexToU32(digits, from + 8));
  }

  double(value: number): void {
    this.writer.f64(value, true);
  }

  text(value: string): void {
    this.writer.textVarint(value);
  }

  bytes(value: Uint8Array): void {
    this.writer.varint(value.length);
    this.writer.bytes(value);
  }

  listField(id: number, previousId: number): number {
    this.#field(LIST, id, previousId);
    this.writer.u8(0);
    return this.writer.at - 1;
  }

  closeList(mark: number, count: number): number {
    if (this.writer.overflowed) return 0;
    this.writer.setU8(mark, (Math.min(count, LONG_LIST) << 4) | STRUCT);
    return count < LONG_LIST ? 0 : this.writer.setVarint(mark + 1, 0, count);
  }

  listHeadBytes(count: number): number {
    return count < LONG_LIST ? 2 : 2 + varintSize(count);
  }

  stop(): void {
    this.writer.u8(0);
  }

  #zigzag(high: number, low: number): void {
    const sign = high >> 31;
    this.writer.varint64(((high << 1) | (low >>> 31)) ^ sign, (low << 1) ^ sign);
  }

  #field(type: number, id: number, previousId: number): void {
    this.writer.u8(((id - previousId) << 4) | type);
  }
}
