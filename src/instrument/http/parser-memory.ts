import { executionAsyncResource } from 'node:async_hooks';
import type { Context } from '@opentelemetry/api';

/**
 * On Node.js 20 and 22 what is attached while a connection's parser calls stays in an object of the parser's: a span for
 * every connection that waits for its next request. Later lines keep nothing there.
 */
export class ParserMemory {
  /** The key in that object; null where there is none. */
  #key: symbol | null | undefined;

  /**
   * @param attached the context that has just been attached
   * @returns what remembers it
   */
  holderOf(attached: Context): object | undefined {
    if (this.#key === null) return undefined;
    const holder = executionAsyncResource() as Record<symbol, unknown>;
    this.#key ??= Object.getOwnPropertySymbols(holder).find((key) => holder[key] === attached) ?? null;
    return this.#key === null ? undefined : holder;
  }

  /** Takes it out again, unless another has taken its place. */
  forget(holder: object, attached: Context): void {
    const held = holder as Record<symbol, unknown>;
    if (this.#key && held[this.#key] === attached) held[this.#key] = undefined;
  }
}
