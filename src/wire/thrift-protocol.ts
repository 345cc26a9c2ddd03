import type { ByteWriter } from './byte-writer.ts';

/**
 * What Jaeger's structs need of a Thrift protocol; no state between calls, so that bytes encoded
 * once can be put anywhere.
 *
 * Each field method takes the id of the field before it in the same struct, 0 at its begin: the compact
 * protocol writes the difference.
 */
export interface ThriftProtocol {
  readonly writer: ByteWriter;
  /** The head of a oneway message; its arguments follow as one struct. */
  onewayMessage(name: string): void;
  structField(id: number, previousId: number): void;
  i32Field(id: number, previousId: number, value: number): void;
  /** `value` is a safe integer. */
  i64Field(id: number, previousId: number, value: number): void;
  /** An i64 as sixteen hex digits from `from` on. */
  hexField(id: number, previousId: number, digits: string, from: number): void;
  textField(id: number, previousId: number, value: string): void;
  boolField(id: number, previousId: number, value: boolean): void;
  /** The head of a field whose value one of those below writes. */
  valueField(id: number, previousId: number, type: 'i64' | 'double' | 'text' | 'bytes'): void;
  i64(value: number): void;
  hex(digits: string, from: number): void;
  double(value: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  /** Begins a list of structs whose count is not known yet; gives what `closeList` takes. */
  listField(id: number, previousId: number): number;
  /** @returns how far what is in the list was moved */
  closeList(mark: number, count: number): number;
  /** What `listField` and `closeList` write for so many. */
  listHeadBytes(count: number): number;
  /** Ends a struct. */
  stop(): void;
}
