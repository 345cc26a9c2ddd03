import { hexDigit } from './hex.ts';

const FIRST_BYTES = 4096;
/** A buffer that has become larger is let go after its batch, one that is far larger than its batch is made to fit. */
const KEPT_BYTES = 1 << 20;
/** Varints and lengths ask for their worst case before they are written: so much may be asked beyond the limit. */
const SLACK_BYTES = 64;
/** Up to here a loop over the characters, 2 ns each, beats the call into the runtime's UTF-8 encoder: 25 ns. */
const SHORT_TEXT = 12;
/** Up to here a loop over the bytes beats the call into the runtime: an id, a name. */
const SHORT_BYTES = 48;
/** So many UTF-16 units are at most 127 bytes, whatever they are: their count is a varint of one byte. */
const ONE_BYTE_COUNT = 42;
const TWO_32 = 2 ** 32;

/**
 * A growing buffer that never throws: a write past the limit changes nothing but `overflowed`,
 * and so does every write after it, until `rewind`.
 *
 * Text is UTF-8 on the wire; half a surrogate pair becomes U+FFFD.
 */
export class ByteWriter {
  /** Where the next byte goes; the bytes before it are written. */
  at = 0;
  overflowed = false;
  /** Another one once bytes that were written may be written over. */
  epoch = 0;
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view: DataView = toView(this.#buffer);
  #limit = Number.POSITIVE_INFINITY;
  /** The lesser of capacity and limit, so that a write has one bound to look at. */
  #end = FIRST_BYTES;

  /** What has been written; valid until the next write. */
  get written(): Uint8Array {
    return this.#buffer.subarray(0, this.at);
  }

  /** A copy of what has been written from `from` on. */
  copy(from: number): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(from, this.at));
  }

  /** Allows about `bytes` in all from now on: never less, and little enough more that memory stays bounded. */
  limit(bytes: number): void {
    this.#limit = bytes + SLACK_BYTES;
    this.#reopen();
  }

  /** Forgets what was written from `at` on. */
  rewind(at: number): void {
    this.at = at;
    this.epoch++;
    this.#reopen();
  }

  /** Forgets everything, and a buffer that is too large to keep. */
  clear(): void {
    const { length } = this.#buffer;
    const fitting = this.at < length / 4 ? Math.max(this.at * 2, FIRST_BYTES) : length;
    const kept = Math.min(fitting, KEPT_BYTES);
    if (kept < length) this.#use(Buffer.allocUnsafeSlow(kept));
    this.#limit = Number.POSITIVE_INFINITY;
    this.rewind(0);
  }

  /** Whether `bytes` more fit; makes room for them, or says `overflowed`. */
  room(bytes: number): boolean {
    return this.at + bytes <= this.#end || this.#grow(bytes);
  }

  /** Takes nothing more until `rewind`. */
  refuse(): void {
    this.overflowed = true;
    this.#end = -1;
  }

  u8(value: number): void {
    if (this.room(1)) this.#buffer[this.at++] = value;
  }

  u16(value: number): void {
    if (!this.room(2)) return;
    this.#view.setUint16(this.at, value);
    this.at += 2;
  }

  u24(value: number): void {
    if (!this.room(3)) return;
    this.#buffer[this.at] = value >>> 16;
    this.#view.setUint16(this.at + 1, value);
    this.at += 3;
  }

  u32(value: number): void {
    if (!this.room(4)) return;
    this.#view.setUint32(this.at, value);
    this.at += 4;
  }

  /** `value` is a safe integer. */
  i64(value: number): void {
    if (!this.room(8)) return;
    this.#view.setUint32(this.at, Math.floor(value / TWO_32));
    this.#view.setUint32(this.at + 4, value);
    this.at += 8;
  }

  /** The eight bytes that sixteen hex digits from `from` on stand for. */
  hex64(digits: string, from: number): void {
    if (!this.room(8)) return;
    const buffer = this.#buffer;
    let at = this.at;
    for (let i = from; i < from + 16; i += 2) {
      buffer[at++] = (hexDigit(digits, i) << 4) | hexDigit(digits, i + 1);
    }
    this.at = at;
  }

  u32Le(value: number): void {
    if (!this.room(4)) return;
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  u64Le(high: number, low: number): void {
    if (!this.room(8)) return;
    this.#view.setUint32(this.at, low, true);
    this.#view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  f64(value: number, littleEndian: boolean): void {
    if (!this.room(8)) return;
    this.#view.setFloat64(this.at, value, littleEndian);
    this.at += 8;
  }

  /** Base-128, least significant group first; `value` is whole and in 0..2^32-1. */
  varint(value: number): void {
    if (!this.room(5)) return;
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.at++] = rest | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.at++] = rest;
  }

  varint64(high: number, low: number): void {
    if (!this.room(10)) return;
    let upper = high >>> 0;
    let lower = low >>> 0;
    while (upper !== 0 || lower > 0x7f) {
      this.#buffer[this.at++] = lower | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    this.#buffer[this.at++] = lower;
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    if (!this.room(length)) return;
    if (length > SHORT_BYTES) this.#buffer.set(bytes, this.at);
    else this.#copy(bytes, 0, length);
    this.at += length;
  }

  /** What stands from `from` to `to`, once more. */
  repeat(from: number, to: number): void {
    const length = to - from;
    if (!this.room(length)) return;
    if (length > SHORT_BYTES) this.#buffer.copyWithin(this.at, from, to);
    else this.#copy(this.#buffer, from, length);
    this.at += length;
  }

  /** The UTF-8 of `text` and nothing around it. */
  text(text: string): void {
    if (text.length > SHORT_TEXT || !this.#ascii(text)) this.#utf8(text);
  }

  /** `text` behind its byte count, as four bytes. */
  textU32(text: string): void {
    if (!this.room(4)) return;
    const mark = this.at;
    this.at += 4;
    if (text.length > SHORT_TEXT || !this.#ascii(text)) this.#utf8(text);
    this.#view.setUint32(mark, this.at - mark - 4);
  }

  /** `text` behind its byte count, as a varint. */
  textVarint(text: string): void {
    if (text.length > ONE_BYTE_COUNT) {
      this.varint(Buffer.byteLength(text));
      this.text(text);
      return;
    }
    if (!this.room(1)) return;
    const mark = this.at++;
    this.text(text);
    this.#buffer[mark] = this.at - mark - 1;
  }

  setU8(at: number, value: number): void {
    this.#buffer[at] = value;
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  /** Leaves room for a varint of `reserved` bytes that `closeLength` fills with the count of what comes between. */
  openLength(reserved: number): number {
    const mark = this.at;
    if (this.room(reserved)) this.at += reserved;
    return mark;
  }

  /** @returns how far what comes between was moved */
  closeLength(mark: number, reserved: number): number {
    return this.setVarint(mark, reserved, this.at - mark - reserved);
  }

  /**
   * Writes `value` over the `reserved` bytes at `mark`; what stands behind them moves where it needs more or fewer.
   *
   * @returns how far
   */
  setVarint(mark: number, reserved: number, value: number): number {
    const moved = varintSize(value) - reserved;
    if (!this.room(Math.max(moved, 0))) return 0;
    if (moved !== 0) {
      this.#buffer.copyWithin(mark + reserved + moved, mark + reserved, this.at);
      this.at += moved;
    }
    let rest = value;
    let at = mark;
    while (rest > 0x7f) {
      this.#buffer[at++] = rest | 0x80;
      rest >>>= 7;
    }
    this.#buffer[at] = rest;
    return moved;
  }

  #copy(source: Uint8Array, from: number, length: number): void {
    const buffer = this.#buffer;
    const { at } = this;
    for (let i = 0; i < length; i++) buffer[at + i] = source[from + i] as number;
  }

  #ascii(text: string): boolean {
    if (!this.room(text.length)) return true;
    const buffer = this.#buffer;
    let at = this.at;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.at = at;
    return true;
  }

  #utf8(text: string): void {
    // three bytes a UTF-16 unit is the most there can be; counting them is for where that does not fit
    const fits = this.at + text.length * 3 <= this.#end || this.room(Buffer.byteLength(text));
    if (fits) this.at += this.#buffer.write(text, this.at);
  }

  #grow(bytes: number): boolean {
    const needed = this.at + bytes;
    if (!this.overflowed && needed <= this.#limit) {
      try {
        const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
        grown.set(this.written);
        this.#use(grown);
        return true;
      } catch {
        // more than the runtime gives in one piece
      }
    }
    this.refuse();
    return false;
  }

  #use(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#view = toView(buffer);
    this.#reopen();
  }

  #reopen(): void {
    this.overflowed = false;
    this.#end = Math.min(this.#limit, this.#buffer.length);
  }
}

export function varintSize(value: number): number {
  if (value < 1 << 7) return 1;
  if (value < 1 << 14) return 2;
  if (value < 1 << 21) return 3;
  return value < 1 << 28 ? 4 : 5;
}

function toView(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
