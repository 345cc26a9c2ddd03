/**
 * The API's `Context`, for what is put into it at every span: the span.
 *
 * The API's own copies a Map and makes three closures with every value that is set, 70 to 95 ns; here the span has a
 * place of its own and the few other values are a list: 5 ns. In the bundle this module stands in the place of the
 * API's, so it imports nothing of it.
 */
import type { Context } from '@opentelemetry/api';

/** One of the values beside the span. */
interface Entry {
  readonly key: symbol;
  readonly value: unknown;
  readonly next: Entry | undefined;
}

/** Copies of the API meet at global symbols, here as well. */
export function createContextKey(description: string): symbol {
  return Symbol.for(description);
}

const SPAN = createContextKey('OpenTelemetry Context Key SPAN');

export class SlottedContext implements Context {
  readonly #span: unknown;
  readonly #others: Entry | undefined;

  /** Not to be seen by who prints a context. */
  #kept: object | undefined = undefined;

  constructor(span: unknown, others: Entry | undefined) {
    this.#span = span;
    this.#others = others;
  }

  /** What was kept in a context of ours last: `FrameContextManager` does. */
  static kept(context: SlottedContext): object | undefined {
    return context.#kept;
  }

  static keep(context: SlottedContext, object: object): void {
    context.#kept = object;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.#span;
    for (let entry = this.#others; entry !== undefined; entry = entry.next) if (entry.key === key) return entry.value;
    return undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN) return new SlottedContext(value, this.#others);
    return new SlottedContext(this.#span, { key, value, next: without(this.#others, key) });
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN) return new SlottedContext(undefined, this.#others);
    return new SlottedContext(this.#span, without(this.#others, key));
  }
}

/** The same list where the key is not in it; else the key set again and again would make it longer and longer. */
function without(list: Entry | undefined, key: symbol): Entry | undefined {
  if (list === undefined || list.key === key) return list?.next;
  const next = without(list.next, key);
  return next === list.next ? list : { ...list, next };
}

export const ROOT_CONTEXT: Context = new SlottedContext(undefined, undefined);
