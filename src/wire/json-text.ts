import type { ByteWriter } from './byte-writer.ts';

const QUOTE = 0x22;
/** A quote, a backslash or a control character: what is none of the others. */
const TO_ESCAPE = /[^ !#-[\]-\uffff]/;

/**
 * The JSON text of an attribute that a format has no type for, after OpenTelemetry's rules for
 * non-OTLP formats: what is not a finite number becomes its name, bytes become base64.
 *
 * @returns never throws: what cannot be serialised (a cycle, a getter that throws) becomes the JSON text of a short note
 */
export function toJsonText(value: object): string {
  try {
    return JSON.stringify(value, isPlainList(value) ? undefined : replaceUnusual) ?? 'null';
  } catch (error) {
    return JSON.stringify(`[not serialisable: ${error instanceof Error ? error.name : 'error'}]`);
  }
}

/** Lists of strings are what there is most of; without a replacer they take a tenth of the time. */
function isPlainList(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** `this` is what holds the value: `toJSON` of a Buffer, a Date or a bigint has not been called on `this[key]`. */
function replaceUnusual(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key];
  if (raw instanceof Uint8Array) return toBase64(raw);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'bigint' ? String(value) : value;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** What stands where a string belongs: nothing keeps JavaScript from naming a span by an Error or by nothing. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/** `text` between quotes; half a surrogate pair, which JSON would escape, is U+FFFD here as on every wire of ours. */
export function writeJsonString(writer: ByteWriter, text: string): void {
  // what cannot fit is neither searched nor copied
  if (!writer.room(text.length)) return;
  // text without anything to escape is what there is most of: the search takes 20 ns, `JSON.stringify` 100
  if (TO_ESCAPE.test(text)) return writer.text(JSON.stringify(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')));
  writer.u8(QUOTE);
  writer.text(text);
  writer.u8(QUOTE);
}
