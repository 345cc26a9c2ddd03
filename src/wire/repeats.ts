import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from './byte-writer.ts';
import type { EncoderOptions } from './encoder.ts';

/** Longer text is written each time: what is remembered may stay for long. */
const MAX_REMEMBERED = 256;
/** Equal to nothing, not even to itself. */
const NOTHING = Number.NaN;

type Attributes = Readonly<Record<string, unknown>>;

/** One attribute of the span before, and how many bytes it has. */
interface Entry {
  key: string;
  value: unknown;
  size: number;
}

/**
 * Writes the attributes of span after span. What the span before had in the same place is not written but copied from
 * there, neighbours in one piece: spans of one name (`repeats-by-name.ts`) say mostly the same. The eleven attributes of an HTTP server's span
 * take 120 ns so, and 790 one by one (`bench/encode.ts`).
 *
 * For each span: `begin`, any `add`, `end`, and `moved` where the writer then moved what it has.
 */
export class Repeats {
  readonly #writer: ByteWriter;
  readonly #write: (key: string, value: unknown) => void;
  readonly #attributeList: EncoderOptions['attributeList'];
  /** Of the span before, one behind the other from `#start` on; valid while the writer's epoch is `#epoch`. */
  readonly #entries: Entry[] = [];
  #start = 0;
  #epoch = -1;
  /** Where those of this span begin, and how many there are so far. */
  #mark = 0;
  #count = 0;
  /** What stands between is the same in this span, and still to be copied. */
  #from = 0;
  #to = 0;

  /** @param write writes one attribute; the same bytes for the same key and value, wherever that is */
  constructor(writer: ByteWriter, { attributeList }: EncoderOptions, write: (key: string, value: unknown) => void) {
    this.#writer = writer;
    this.#attributeList = attributeList;
    this.#write = write;
  }

  /** With the span's own attributes; what is undefined is none. */
  begin(span: ReadableSpan): void {
    const list = this.#attributeList?.(span);
    if (list === undefined) return this.#beginWith(span.attributes);
    this.#reset();
    for (let at = 0; at < list.length; at += 2) this.add(list[at] as string, list[at + 1]);
  }

  /** @param value undefined is no attribute */
  add(key: string, value: unknown): void {
    const entry = this.#entries[this.#count];
    if (entry !== undefined && entry.key === key && entry.value === value) {
      this.#to += entry.size;
      this.#count++;
    } else if (value !== undefined) this.#addOther(key, value);
  }

  /** @returns how many attributes the span has */
  end(): number {
    this.#copy();
    this.#forget(this.#count);
    this.#start = this.#mark;
    return this.#count;
  }

  moved(bytes: number): void {
    this.#start += bytes;
  }

  #beginWith(attributes: Attributes): void {
    const last = this.#addEach(attributes);
    // for-in gives what is inherited last: one question is enough, where one for each key would take as long as the rest
    if (last === undefined || Object.hasOwn(attributes, last) || this.#writer.overflowed) return;
    this.#writer.rewind(this.#mark);
    this.#addEach(Object.assign(Object.create(null) as object, attributes));
  }

  #reset(): void {
    if (this.#epoch !== this.#writer.epoch) this.#forget(0);
    this.#epoch = this.#writer.epoch;
    this.#mark = this.#writer.at;
    this.#count = 0;
    this.#from = this.#start;
    this.#to = this.#start;
  }

  /** @returns the last key that was seen */
  #addEach(attributes: Attributes): string | undefined {
    this.#reset();
    const entries = this.#entries;
    // as in `add`, with what changes in variables
    let count = 0;
    let to = this.#start;
    let last: string | undefined;
    for (const key in attributes) {
      const value = attributes[key];
      const entry = entries[count];
      if (entry !== undefined && entry.key === key && entry.value === value) {
        to += entry.size;
        count++;
      } else if (value !== undefined) {
        this.#to = to;
        this.#count = count++;
        this.#addOther(key, value);
        to = this.#to;
      }
      last = key;
    }
    this.#to = to;
    this.#count = count;
    return last;
  }

  #addOther(key: string, value: unknown): void {
    this.#copy();
    const entry = (this.#entries[this.#count++] ??= { key, value, size: 0 });
    this.#to += entry.size;
    this.#from = this.#to;
    const mark = this.#writer.at;
    this.#write(key, value);
    entry.key = key;
    entry.value = isRemembered(value) ? value : NOTHING;
    entry.size = this.#writer.at - mark;
  }

  #copy(): void {
    if (this.#to > this.#from) this.#writer.repeat(this.#from, this.#to);
  }

  #forget(from: number): void {
    if (this.#entries.length > from) this.#entries.length = from;
  }
}

/** Whether what is equal to it has the same bytes: an object may have others the next time. */
function isRemembered(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_REMEMBERED;
  return typeof value !== 'object' && typeof value !== 'function';
}
