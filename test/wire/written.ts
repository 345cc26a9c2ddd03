import { ByteWriter } from '../../src/wire/byte-writer.ts';

/** The bytes that `write` writes. */
export function written(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.copy(0));
}

/** The hex of bytes as one writes them by hand: `0a 03 'key' 01`. */
export function hex(text: string): string {
  return text.replaceAll(/'([^']*)'/g, (_, ascii: string) => Buffer.from(ascii).toString('hex')).replaceAll(/\s/g, '');
}
