import type { ByteWriter } from './byte-writer.ts';
import type { ThriftProtocol } from './thrift-protocol.ts';

const BOOL = 2;
const DOUBLE = 4;
const I32 = 8;
const I64 = 10;
const STRING = 11;
const STRUCT = 12;
const LIST = 15;

const types = { i64: I64, double: DOUBLE, text: STRING, bytes: STRING } as const;

const STRICT_VERSION_ONEWAY = 0x80010004;

/**
 * TBinaryProtocol: everything at its full width, big-endian.
 *
 *     message  80 01 00 | type | name u32+bytes | sequence u32
 *     field    type u8 | id u16 | value
 *     list     type u8 | count u32 | elements
 *     text     count u32 | bytes
 *     stop     00
 */
export class ThriftBinaryProtocol implements ThriftProtocol {
  readonly writer: ByteWriter;

  constructor(writer: ByteWriter) {
    this.writer = writer;
  }

  onewayMessage(name: string): void {
    this.writer.u32(STRICT_VERSION_ONEWAY);
    this.writer.textU32(name);
    this.writer.u32(0);
  }

  structField(id: number): void {
    this.#field(STRUCT, id);
  }

  i32Field(id: number, _previousId: number, value: number): void {
    this.#field(I32, id);
    this.writer.u32(value);
  }

  i64Field(id: number, _previousId: number, value: number): void {
    this.#field(I64, id);
    this.writer.i64(value);
  }

  hexField(id: number, _previousId: number, digits: string, from: number): void {
    this.#field(I64, id);
    this.writer.hex64(digits, from);
  }

  textField(id: number, _previousId: number, value: string): void {
    this.#field(STRING, id);
    this.writer.textU32(value);
  }

  boolField(id: number, _previousId: number, value: boolean): void {
    this.#field(BOOL, id);
    this.writer.u8(value ? 1 : 0);
  }

  valueField(id: number, _previousId: number, type: keyof typeof types): void {
    this.#field(types[type], id);
  }

  i64(value: number): void {
    this.writer.i64(value);
  }

  hex(digits: string, from: number): void {
    this.writer.hex64(digits, from);
  }

  double(value: number): void {
    this.writer.f64(value, false);
  }

  text(value: string): void {
    this.writer.textU32(value);
  }

  bytes(value: Uint8Array): void {
    this.writer.u32(value.length);
    this.writer.bytes(value);
  }

  listField(id: number): number {
    this.#field(LIST, id);
    this.writer.u8(STRUCT);
    this.writer.u32(0);
    return this.writer.at - 4;
  }

  closeList(mark: number, count: number): number {
    if (!this.writer.overflowed) this.writer.setU32(mark, count);
    return 0;
  }

  listHeadBytes(_count: number): number {
    return 8;
  }

  stop(): void {
    this.writer.u8(0);
  }

  #field(type: number, id: number): void {
    this.writer.u24((type << 16) | id);
  }
}
