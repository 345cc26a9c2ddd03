import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Repeats } from './repeats.ts';

/** Names are few where they are what they should be; what an app puts into them beyond that must not fill memory. */
const MAX_NAMES = 64;
const MAX_NAME = 128;

/**
 * What was written last of the spans of each name; of names that are long, or come after the first 64, of each kind.
 *
 * A request has spans of several names, again and again in the same order: the one before has hardly an attribute in common
 * with a span, the last one of the same name has all of them.
 */
export class RepeatsByName {
  readonly #create: () => Repeats;
  readonly #ofName = new Map<string, Repeats>();
  readonly #ofKind: Repeats[] = [];

  constructor(create: () => Repeats) {
    this.#create = create;
  }

  of({ name, kind }: ReadableSpan): Repeats {
    const known = this.#ofName.get(name);
    if (known !== undefined) return known;
    if (this.#ofName.size >= MAX_NAMES || !isShort(name)) return (this.#ofKind[kind] ??= this.#create());
    const made = this.#create();
    this.#ofName.set(name, made);
    return made;
  }
}

/** A name need not even be text: spans come from other tracers too. */
function isShort(name: unknown): boolean {
  return typeof name === 'string' && name.length <= MAX_NAME;
}
