import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from './byte-writer.ts';
import type { Repeats } from './repeats.ts';

/** Names are few where they are what they should be; what an app puts into them beyond that must not fill memory. */
const MAX_NAMES = 64;
const MAX_NAME = 128;

/** What spans of one name, or of one kind, have in common. */
export class Alike {
  readonly repeats: Repeats;
  readonly #hasOneName: boolean;
  #name: Uint8Array | undefined = undefined;

  constructor(repeats: Repeats, hasOneName: boolean) {
    this.repeats = repeats;
    this.#hasOneName = hasOneName;
  }

  /** Writes what `write` writes of the span's name, which is called where that is not known yet. */
  name(writer: ByteWriter, span: ReadableSpan, write: (writer: ByteWriter, name: string) => void): void {
    if (this.#name !== undefined) return writer.bytes(this.#name);
    const mark = writer.at;
    write(writer, span.name);
    if (this.#hasOneName && !writer.overflowed) this.#name = writer.copy(mark);
  }
}

/**
 * What was written last of the spans of each name; of names that are long, or come after the first 64, of each kind.
 *
 * A request has spans of several names, again and again in the same order: the one before has hardly an attribute in common
 * with a span, the last one of the same name has all of them.
 */
export class RepeatsByName {
  readonly #create: () => Repeats;
  readonly #ofName = new Map<string, Alike>();
  readonly #ofKind: Alike[] = [];

  constructor(create: () => Repeats) {
    this.#create = create;
  }

  of({ name, kind }: ReadableSpan): Alike {
    const known = this.#ofName.get(name);
    if (known !== undefined) return known;
    if (this.#ofName.size >= MAX_NAMES || !isShort(name)) {
      return (this.#ofKind[kind] ??= new Alike(this.#create(), false));
    }
    const made = new Alike(this.#create(), true);
    this.#ofName.set(name, made);
    return made;
  }
}

/** A name need not even be text: spans come from other tracers too. */
function isShort(name: unknown): boolean {
  return typeof name === 'string' && name.length <= MAX_NAME;
}
