import { AsyncLocalStorage, AsyncResource, executionAsyncResource } from 'node:async_hooks';

/**
 * Whether a context that is attached and never detached ends with the callback, or the continuation of a promise, that it
 * was attached in: on Node.js 24 and later. On 20 and 22 it stays in the object that Node.js had called for, where all
 * later callbacks of, say, a connection find it.
 */
export const attachedEndsWithTask: boolean = new AsyncResource('otel-preload').runInAsyncScope(() => {
  const storage = new AsyncLocalStorage<object>();
  const stored = {};
  storage.enterWith(stored);
  const resource = executionAsyncResource() as Readonly<Record<symbol, unknown>>;
  const stays = Object.getOwnPropertySymbols(resource).some((key) => resource[key] === stored);
  storage.disable();
  return !stays;
});
