import { toJsonText, toText } from './json-text.ts';
import type { ThriftProtocol } from './thrift-protocol.ts';

const STRING = 0;
const DOUBLE = 1;
const BOOL = 2;
const LONG = 3;
const BINARY = 4;
/** `true` and `false` differ in the head already: a compact bool is its field's type. */
const BOOL_TRUE = 5;
const VARIANTS = 6;

const MAX_HEADS = 1024;
const MAX_HEAD_KEY = 128;

const TWO_63 = 2n ** 63n;

/**
 * Writes Jaeger tags, the head of each from a cache: keys repeat from span to span.
 *
 *     Tag { 1: key, 2: vType, 3: vStr | 4: vDouble | 5: vBool | 6: vLong | 7: vBinary }
 *           └──────────── head ─────────────┘ └─ value ─┘ stop
 *
 * Integers are LONG and everything that Jaeger has no type for is JSON text, as the Go original does it.
 */
export class JaegerTagWriter {
  readonly #protocol: ThriftProtocol;
  readonly #heads = new Map<string, (Uint8Array | undefined)[]>();

  constructor(protocol: ThriftProtocol) {
    this.#protocol = protocol;
  }

  /** @returns how many tags were written: 0 for undefined, which stands for "not set" */
  tag(key: string, value: unknown): 0 | 1 {
    switch (typeof value) {
      case 'string':
        return this.#text(key, value);
      case 'number':
        return Number.isSafeInteger(value) ? this.#long(key, value) : this.#double(key, value);
      case 'boolean':
        return this.#bool(key, value);
      case 'bigint':
        return -TWO_63 <= value && value < TWO_63 ? this.#bigint(key, value) : this.#text(key, String(value));
      case 'object':
        return this.#object(key, value);
      case 'undefined':
        return 0;
      default:
        return this.#text(key, toText(value));
    }
  }

  /** @returns how many tags were written */
  tags(attributes: Readonly<Record<string, unknown>>): number {
    let count = 0;
    for (const key in attributes) if (Object.hasOwn(attributes, key)) count += this.tag(key, attributes[key]);
    return count;
  }

  #text(key: string, value: string): 1 {
    this.#head(key, STRING);
    this.#protocol.text(value);
    this.#protocol.stop();
    return 1;
  }

  #long(key: string, value: number): 1 {
    this.#head(key, LONG);
    this.#protocol.i64(value);
    this.#protocol.stop();
    return 1;
  }

  #bool(key: string, value: boolean): 1 {
    this.#head(key, value ? BOOL_TRUE : BOOL);
    this.#protocol.stop();
    return 1;
  }

  #double(key: string, value: number): 1 {
    // Jaeger answers a trace with one NaN in it by an error: its JSON has no such number
    if (!Number.isFinite(value)) return this.#text(key, String(value));
    this.#head(key, DOUBLE);
    this.#protocol.double(value);
    this.#protocol.stop();
    return 1;
  }

  #bigint(key: string, value: bigint): 1 {
    this.#head(key, LONG);
    this.#protocol.hex(BigInt.asUintN(64, value).toString(16).padStart(16, '0'), 0);
    this.#protocol.stop();
    return 1;
  }

  #object(key: string, value: object | null): 1 {
    if (value === null) return this.#text(key, '');
    if (!(value instanceof Uint8Array)) return this.#text(key, toJsonText(value));
    this.#head(key, BINARY);
    this.#protocol.bytes(value);
    this.#protocol.stop();
    return 1;
  }

  #head(key: string, variant: number): void {
    const { writer } = this.#protocol;
    const known = this.#heads.get(key);
    const head = known?.[variant];
    if (head !== undefined) return writer.bytes(head);

    const mark = writer.at;
    this.#writeHead(key, variant);
    if (writer.overflowed || key.length > MAX_HEAD_KEY) return;
    if (known !== undefined) known[variant] = writer.copy(mark);
    else if (this.#heads.size < MAX_HEADS) {
      const heads = Array.from<Uint8Array | undefined>({ length: VARIANTS });
      heads[variant] = writer.copy(mark);
      this.#heads.set(key, heads);
    }
  }

  #writeHead(key: string, variant: number): void {
    const protocol = this.#protocol;
    protocol.textField(1, 0, key);
    protocol.i32Field(2, 1, variant === BOOL_TRUE ? BOOL : variant);
    switch (variant) {
      case STRING:
        return protocol.valueField(3, 2, 'text');
      case DOUBLE:
        return protocol.valueField(4, 2, 'double');
      case LONG:
        return protocol.valueField(6, 2, 'i64');
      case BINARY:
        return protocol.valueField(7, 2, 'bytes');
      default:
        return protocol.boolField(5, 2, variant === BOOL_TRUE);
    }
  }
}
