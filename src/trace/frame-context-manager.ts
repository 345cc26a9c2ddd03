import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { SlottedContext } from './context.ts';
import type { ContextFrames, Frame } from './context-frames.ts';

/**
 * The SDK's context manager, which goes in and out by the frames of Node.js rather than by `AsyncLocalStorage`, to the same
 * effect: what an app enters into storages of its own in between stays. Only if it disables one of them, work that it began before in
 * the same context may find that one disabled, too.
 */
export class FrameContextManager extends AsyncLocalStorageContextManager {
  readonly #frames: ContextFrames;
  readonly #storage: object;
  readonly #root: Context;

  /** @param root is active where nothing else is */
  constructor(frames: ContextFrames, root: Context = ROOT_CONTEXT) {
    super();
    this.#frames = frames;
    this.#storage = this['_asyncLocalStorage'] as object;
    this.#root = root;
  }

  override active(): Context {
    return (this.#frames.current()?.get(this.#storage) as Context | undefined) ?? this.#root;
  }

  override with<Args extends unknown[], Fn extends (...args: Args) => ReturnType<Fn>>(
    context: Context,
    fn: Fn,
    thisArg?: ThisParameterType<Fn>,
    ...args: Args
  ): ReturnType<Fn> {
    const before = this.#frames.current();
    // as with the SDK's own, what is attached inside stays then
    if (before?.get(this.#storage) === context)
      return Reflect.apply<unknown, Args, ReturnType<Fn>>(fn, thisArg ?? null, args);
    const entered = this.#enter(before, context);
    const { size } = entered;
    try {
      return Reflect.apply<unknown, Args, ReturnType<Fn>>(fn, thisArg ?? null, args);
    } finally {
      this.#leave(entered, size, before);
    }
  }

  override attach(context: Context): { dispose(): void } {
    const before = this.#frames.current();
    const entered = this.#enter(before, context);
    const { size } = entered;
    let isOver = false;
    return {
      dispose: () => {
        if (!isOver) this.#leave(entered, size, before);
        isOver = true;
      },
    };
  }

  #enter(before: Frame | undefined, context: Context): Frame {
    const storage = this.#storage;
    const active = before?.get(storage);
    // an app that brings its own copy of the API enters others than ours, and may enter what is no context
    const canKeep = context instanceof SlottedContext && isOnly(before, active);
    const frame = canKeep ? this.#frameOf(context) : this.#frames.make(before, storage, context);
    this.#frames.enter(frame);
    return frame;
  }

  /** That of a context beside which no storage holds anything: mostly it is entered several times. */
  #frameOf(context: SlottedContext): Frame {
    const known = SlottedContext.kept(context) as Frame | undefined;
    // an app that disables the manager takes the context out of the frame
    if (known?.get(this.#storage) === context) return known;
    const frame = this.#frames.make(undefined, this.#storage, context);
    SlottedContext.keep(context, frame);
    return frame;
  }

  /** @param size that the frame had when it was entered: a storage that is disabled is taken out of the very frame */
  #leave(entered: Frame, size: number, before: Frame | undefined): void {
    const now = this.#frames.current();
    if (now === entered && now.size === size) return this.#frames.enter(before);
    const storage = this.#storage;
    this.#frames.enter(this.#frames.make(now, storage, before?.get(storage)));
  }
}

/** @param active what ours holds of it */
function isOnly(frame: Frame | undefined, active: unknown): boolean {
  return frame === undefined || frame.size === (active === undefined ? 0 : 1);
}
