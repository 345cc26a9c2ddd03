/**
 * Calls `before` ahead of each call of a method.
 *
 * @returns takes it out again, unless somebody else has wrapped the method since
 */
export function beforeMethod(
  owner: object,
  name: string,
  before: (self: unknown, args: readonly unknown[]) => void,
): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const method = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
  function wrapped(this: unknown, ...args: unknown[]): unknown {
    try {
      before(this, args);
    } catch {
      // what goes wrong in ours is not the caller's
    }
    return Reflect.apply(method, this, args);
  }
  Object.defineProperties(wrapped, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
  Object.defineProperty(owner, name, { value: wrapped, writable: true, configurable: true });
  return () => {
    if (Reflect.get(owner, name) !== wrapped) return;
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}
