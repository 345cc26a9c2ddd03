import type { ByteWriter } from './byte-writer.ts';

const NO_HEX = /[^0-9a-f]/;

/** No writer is in it. */
const NO_EPOCH = -1;

const digits = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  digits[text.charCodeAt(0)] = digit;
  digits[text.toUpperCase().charCodeAt(0)] = digit;
}

/** What the hex digit at `at` stands for; what is no digit, or not there, counts as 0. */
export function hexDigit(text: string, at: number): number {
  return digits[text.charCodeAt(at)] ?? 0;
}

/** The 32 bits that eight hex digits from `from` on stand for. */
export function hexToU32(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < from + 8; i++) value = (value << 4) | hexDigit(text, i);
  return value >>> 0;
}

/** `id` as exactly `length` digits: ids that others made may be short, as Jaeger's 64-bit trace ids are. */
export function padId(id: string, length: 16 | 32): string {
  return id.length === length ? id : id.slice(-length).padStart(length, '0');
}

/** `id` as exactly `length` lower-case digits, each that is none as 0: whoever made the id may have had another taste. */
export function toHexId(id: string, length: 16 | 32): string {
  const padded = padId(id, length);
  return NO_HEX.test(padded) ? padded.toLowerCase().replaceAll(/[^0-9a-f]/g, '0') : padded;
}

/**
 * Writes ids of which the next is mostly the same: those of a trace, and of a parent, come one behind the other. Then it is
 * copied from where it stands.
 */
export class HexAgain {
  readonly #length: 16 | 32;
  #id: string | undefined = undefined;
  #at = 0;
  /** The writer's, in which the bytes at `#at` are those of `#id`. */
  #epoch = NO_EPOCH;

  /** @param length of the ids, in digits */
  constructor(length: 16 | 32) {
    this.#length = length;
  }

  write(writer: ByteWriter, id: string): void {
    if (id === this.#id && writer.epoch === this.#epoch) return writer.repeat(this.#at, this.#at + this.#length / 2);
    const digits = padId(id, this.#length);
    this.#id = id;
    this.#at = writer.at;
    this.#epoch = writer.epoch;
    writer.hex64(digits, 0);
    if (this.#length === 32) writer.hex64(digits, 16);
  }

  /** To be called where the writer has moved what was written. */
  forget(): void {
    this.#epoch = NO_EPOCH;
  }
}
