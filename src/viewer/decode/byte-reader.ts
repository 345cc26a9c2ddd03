/** What a body may ask for at most, whatever its lengths and counts say. */
export interface DecodeLimits {
  /** Structs, messages and list items of one body. */
  readonly maxElements: number;
  /** How deep they may lie in each other. */
  readonly maxDepth: number;
}

/**
 * Each element becomes an object of some 100 bytes here; the smallest of them is one byte on the wire. Without this bound
 * 20 MiB of zeros would become 2 GB.
 */
export const DEFAULT_LIMITS: DecodeLimits = { maxElements: 1_000_000, maxDepth: 64 };

/** A body that is not what it says to be, or asks for more than the limits. */
export class DecodeError extends Error {}

/** The bytes of one body, where we are in them, and what of the limits is left. */
export class ByteReader {
  at = 0;
  readonly #bytes: Buffer;
  readonly #maxDepth: number;
  #elementsLeft: number;
  #depth = 0;

  constructor(bytes: Uint8Array, { maxElements, maxDepth }: DecodeLimits = DEFAULT_LIMITS) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#elementsLeft = maxElements;
    this.#maxDepth = maxDepth;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Says where `count` bytes begin, and moves behind them. */
  skip(count: number): number {
    const from = this.at;
    if (!(count >= 0 && count <= this.#bytes.length - from)) {
      throw new DecodeError(`${count} bytes at ${from} of ${this.#bytes.length} are not there`);
    }
    this.at = from + count;
    return from;
  }

  u8(): number {
    return this.#bytes[this.skip(1)] ?? 0;
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.skip(2));
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.skip(4));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.skip(8));
  }

  f64(): number {
    return this.#bytes.readDoubleBE(this.skip(8));
  }

  u32LE(): number {
    return this.#bytes.readUInt32LE(this.skip(4));
  }

  u64LE(): bigint {
    return this.#bytes.readBigUInt64LE(this.skip(8));
  }

  f64LE(): number {
    return this.#bytes.readDoubleLE(this.skip(8));
  }

  /** What is no UTF-8 becomes U+FFFD. */
  text(length: number): string {
    const from = this.skip(length);
    return this.#bytes.toString('utf8', from, this.at);
  }

  base64(length: number): string {
    const from = this.skip(length);
    return this.#bytes.toString('base64', from, this.at);
  }

  hex(length: number): string {
    const from = this.skip(length);
    return this.#bytes.toString('hex', from, this.at);
  }

  /** LEB128, as 64 bits. */
  varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new DecodeError(`varint of more than ten bytes at ${this.at}`);
  }

  /** LEB128 where no more than 53 bits make sense: tags, lengths, counts. */
  varint53(): number {
    return Number(this.varint());
  }

  /** To be called for each element before it is read. */
  count(elements = 1): void {
    this.#elementsLeft -= elements;
    if (this.#elementsLeft < 0) throw new DecodeError('more elements than one body may have');
  }

  /** Reads what lies one level deeper. */
  inside<T>(read: () => T): T {
    if (++this.#depth > this.#maxDepth) throw new DecodeError(`nested deeper than ${this.#maxDepth}`);
    const value = read();
    this.#depth--;
    return value;
  }
}
