/* oxlint-disable unicorn/no-thenable -- following another's `then` is the purpose here */
import { setImmediate } from 'node:timers';
import { isGeneratorObject, isPromise, isProxy } from 'node:util/types';
import { type Context, context, type Span } from '@opentelemetry/api';
import { endSpan, failSpan } from './end-span.ts';

type Then = (onFulfilled?: unknown, onRejected?: unknown) => unknown;
type Resume = (this: unknown, value?: unknown) => unknown;

/**
 * Lets `span` last as long as the work behind `result`, and gives `result` back for the app to use.
 *
 * - a promise: until it settles. A promise of the same settlement is given back, not the same promise: a handler on the
 *   app's own one would hide its rejection from `unhandledRejection`, and the process would live on where it should end
 * - a generator: until it is done, returned or thrown into; `scope` is active inside each of its steps
 * - any other thenable: the same object, until it settles if the app waits for it in this turn of the event loop, else
 *   until now. A query builder runs its query at `then`, so `then` is not called here
 * - all else: until now
 */
export function endWith<Result>(span: Span, scope: Context, result: Result): Result {
  if ((typeof result !== 'object' || result === null) && typeof result !== 'function') {
    endSpan(span);
  } else if (isPlainPromise(result)) {
    return endWithPromise(span, result) as Result;
  } else if (isGeneratorObject(result)) {
    if (!endWithGenerator(span, scope, result)) endSpan(span);
  } else if (!endWithThenable(span, scope, result)) {
    endSpan(span);
  }
  return result;
}

/** A promise of whatever realm (a test runner's `vm` context has its own) that is no subclass and has its own `then`. */
function isPlainPromise(value: object): value is Promise<unknown> {
  if (!isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object;
  if (prototype !== Promise.prototype) {
    const above = Object.getPrototypeOf(prototype) as object | null;
    if (above !== null && Object.getPrototypeOf(above) !== null) return false;
  }
  return !Object.hasOwn(value, 'then') && !Object.hasOwn(value, 'constructor');
}

function endWithPromise(span: Span, promise: Promise<unknown>): Promise<unknown> {
  const settled = promise.then(
    (value) => {
      endSpan(span);
      return value;
    },
    (error: unknown) => {
      failSpan(span, error);
      throw error;
    },
  );
  // `child` of a promisified exec() and its like; not the symbols, async_hooks keeps its ids there
  for (const key of Object.keys(promise)) {
    Reflect.defineProperty(settled, key, Reflect.getOwnPropertyDescriptor(promise, key) ?? {});
  }
  return settled;
}

/** @returns false where the object cannot be followed; nothing was changed then */
function endWithThenable(span: Span, scope: Context, thenable: object): boolean {
  if (isProxy(thenable)) return false;
  let asked = false;
  let restore: () => void;
  try {
    const { then } = thenable as { then?: unknown };
    if (typeof then !== 'function') return false;
    const own = Object.getOwnPropertyDescriptor(thenable, 'then');
    const followed: Then = function (this: unknown, onFulfilled, onRejected) {
      asked = true;
      restore();
      return callThen(span, scope, then as Then, this, onFulfilled, onRejected);
    };
    Object.defineProperty(thenable, 'then', {
      value: followed,
      configurable: true,
      enumerable: own?.enumerable ?? false,
      writable: true,
    });
    restore = () => {
      if (Object.getOwnPropertyDescriptor(thenable, 'then')?.value !== followed) return;
      if (own === undefined) delete (thenable as { then?: unknown }).then;
      else Object.defineProperty(thenable, 'then', own);
    };
  } catch {
    return false;
  }
  setImmediate(() => {
    if (asked) return;
    restore();
    endSpan(span);
  });
  return true;
}

function callThen(
  span: Span,
  scope: Context,
  then: Then,
  thenable: unknown,
  onFulfilled: unknown,
  onRejected: unknown,
): unknown {
  const outside = context.active();
  const fulfilled = (value: unknown): unknown => {
    endSpan(span);
    return typeof onFulfilled === 'function' ? context.with(outside, onFulfilled as Resume, undefined, value) : value;
  };
  const rejected = (error: unknown): unknown => {
    failSpan(span, error);
    if (typeof onRejected === 'function') return context.with(outside, onRejected as Resume, undefined, error);
    throw error;
  };
  try {
    return context.with(scope, then, thenable, fulfilled, rejected);
  } catch (error) {
    failSpan(span, error);
    throw error;
  }
}

/** @returns false where the generator is frozen; nothing was changed then */
function endWithGenerator(span: Span, scope: Context, generator: object): boolean {
  if (!Object.isExtensible(generator)) return false;
  for (const step of ['next', 'return', 'throw'] as const) {
    const resume = (generator as Record<typeof step, Resume>)[step];
    Object.defineProperty(generator, step, {
      configurable: true,
      writable: true,
      value(this: unknown, ...value: [unknown?]): unknown {
        try {
          const stepped = context.with(scope, resume, this, ...value);
          return isPromise(stepped) ? endWithStep(span, stepped) : endIfDone(span, stepped);
        } catch (error) {
          failSpan(span, error);
          throw error;
        }
      },
    });
  }
  return true;
}

function endWithStep(span: Span, stepped: Promise<unknown>): Promise<unknown> {
  return stepped.then(
    (step) => endIfDone(span, step),
    (error: unknown) => {
      failSpan(span, error);
      throw error;
    },
  );
}

function endIfDone(span: Span, step: unknown): unknown {
  if ((step as IteratorResult<unknown>).done) endSpan(span);
  return step;
}
