import { ByteReader, DecodeError, type DecodeLimits } from './byte-reader.ts';

/** Thrift's types by their numbers in TBinaryProtocol. */
export const ThriftType = {
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  text: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;

/** Reads one field's value and says so; `false` leaves it to be skipped. */
export type OnField = (id: number, type: number) => boolean;

interface ListHead {
  readonly type: number;
  readonly count: number;
}

/** What a protocol reads in its own way. Fields of no interest are skipped, whatever their type: newer senders have more. */
export abstract class ThriftReader {
  protected readonly bytes: ByteReader;

  constructor(body: Uint8Array, limits?: DecodeLimits) {
    this.bytes = new ByteReader(body, limits);
  }

  abstract message(): string;
  abstract bool(): boolean;
  abstract i32(): number;
  abstract i64(): bigint;
  abstract double(): number;
  protected abstract byte(): number;
  protected abstract i16(): number;
  protected abstract textLength(): number;
  protected abstract listHead(): ListHead;
  protected abstract mapHead(): { key: number; value: number; count: number };
  /** Calls `onField` for each field up to the struct's end. */
  protected abstract fields(onField: (id: number, type: number) => void): void;

  struct(onField: OnField): void {
    this.bytes.count();
    this.bytes.inside(() =>
      this.fields((id, type) => {
        if (!onField(id, type)) this.skip(type);
      }),
    );
  }

  /** A list of structs; one of anything else is skipped, and empty. */
  structs<T>(read: () => T): T[] {
    const { type, count } = this.listHead();
    const items: T[] = [];
    for (let i = 0; i < count; i++) {
      if (type === ThriftType.struct) items.push(read());
      else this.skip(type);
    }
    return items;
  }

  text(): string {
    return this.bytes.text(this.textLength());
  }

  base64(): string {
    return this.bytes.base64(this.textLength());
  }

  skip(type: number): void {
    switch (type) {
      case ThriftType.bool:
        this.bool();
        return;
      case ThriftType.byte:
        this.byte();
        return;
      case ThriftType.double:
        this.double();
        return;
      case ThriftType.i16:
        this.i16();
        return;
      case ThriftType.i32:
        this.i32();
        return;
      case ThriftType.i64:
        this.i64();
        return;
      case ThriftType.text:
        this.bytes.skip(this.textLength());
        return;
      case ThriftType.struct:
        this.struct(() => false);
        return;
      case ThriftType.set:
      case ThriftType.list: {
        const { type: of, count } = this.listHead();
        this.#skipItems(count, () => this.skip(of));
        return;
      }
      case ThriftType.map: {
        const { key, value, count } = this.mapHead();
        this.#skipItems(count, () => {
          this.skip(key);
          this.skip(value);
        });
        return;
      }
      default:
        throw new DecodeError(`Thrift has no type ${type}`);
    }
  }

  #skipItems(count: number, skipOne: () => void): void {
    this.bytes.inside(() => {
      for (let i = 0; i < count; i++) {
        this.bytes.count();
        skipOne();
      }
    });
  }
}

const VERSION_1 = 0x8001;

/** TBinaryProtocol: everything at its full width, big-endian. */
export class ThriftBinaryReader extends ThriftReader {
  message(): string {
    const head = this.bytes.i32() >>> 0;
    if (head >>> 16 !== VERSION_1) throw new DecodeError(`message head ${head.toString(16)} is of no strict Thrift`);
    const name = this.text();
    this.bytes.i32();
    return name;
  }

  bool(): boolean {
    return this.bytes.u8() !== 0;
  }

  i32(): number {
    return this.bytes.i32();
  }

  i64(): bigint {
    return this.bytes.i64();
  }

  double(): number {
    return this.bytes.f64();
  }

  protected byte(): number {
    return this.bytes.u8();
  }

  protected i16(): number {
    return this.bytes.i16();
  }

  protected textLength(): number {
    return this.bytes.i32();
  }

  protected listHead(): ListHead {
    return { type: this.bytes.u8(), count: this.bytes.i32() };
  }

  protected mapHead(): { key: number; value: number; count: number } {
    return { key: this.bytes.u8(), value: this.bytes.u8(), count: this.bytes.i32() };
  }

  protected fields(onField: (id: number, type: number) => void): void {
    for (let type = this.bytes.u8(); type !== 0; type = this.bytes.u8()) onField(this.bytes.i16(), type);
  }
}

const COMPACT = 0x82;
const COMPACT_VERSION = 1;
const TRUE = 1;
/** By the number in TCompactProtocol; 1 and 2 are true and false. */
const compactTypes: Readonly<Record<number, number>> = {
  1: ThriftType.bool,
  2: ThriftType.bool,
  3: ThriftType.byte,
  4: ThriftType.i16,
  5: ThriftType.i32,
  6: ThriftType.i64,
  7: ThriftType.double,
  8: ThriftType.text,
  9: ThriftType.list,
  10: ThriftType.set,
  11: ThriftType.map,
  12: ThriftType.struct,
};

/** TCompactProtocol, version 1: integers as zigzag varints, field ids as differences, booleans in the field's type. */
export class ThriftCompactReader extends ThriftReader {
  /** A field's boolean is in its type; one in a list is a byte. */
  #fieldBool: boolean | undefined;

  message(): string {
    if (this.bytes.u8() !== COMPACT) throw new DecodeError('not a message of the compact protocol');
    const version = this.bytes.u8() & 0x1f;
    if (version !== COMPACT_VERSION) throw new DecodeError(`compact protocol of version ${version}`);
    this.bytes.varint();
    return this.text();
  }

  bool(): boolean {
    const value = this.#fieldBool ?? this.bytes.u8() === TRUE;
    this.#fieldBool = undefined;
    return value;
  }

  i32(): number {
    return Number(BigInt.asIntN(32, this.#zigzag()));
  }

  i64(): bigint {
    return this.#zigzag();
  }

  double(): number {
    return this.bytes.f64LE();
  }

  protected byte(): number {
    return this.bytes.u8();
  }

  protected i16(): number {
    return Number(BigInt.asIntN(16, this.#zigzag()));
  }

  protected textLength(): number {
    return this.bytes.varint53();
  }

  protected listHead(): ListHead {
    const head = this.bytes.u8();
    const short = head >>> 4;
    return { type: compactTypes[head & 0x0f] ?? 0, count: short === 15 ? this.bytes.varint53() : short };
  }

  protected mapHead(): { key: number; value: number; count: number } {
    const count = this.bytes.varint53();
    if (count === 0) return { key: 0, value: 0, count };
    const types = this.bytes.u8();
    return { key: compactTypes[types >>> 4] ?? 0, value: compactTypes[types & 0x0f] ?? 0, count };
  }

  protected fields(onField: (id: number, type: number) => void): void {
    let id = 0;
    for (let head = this.bytes.u8(); head !== 0; head = this.bytes.u8()) {
      const delta = head >>> 4;
      id = delta === 0 ? this.i16() : id + delta;
      const type = compactTypes[head & 0x0f] ?? 0;
      this.#fieldBool = type === ThriftType.bool ? (head & 0x0f) === TRUE : undefined;
      onField(id, type);
    }
  }

  #zigzag(): bigint {
    const value = this.bytes.varint();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }
}
