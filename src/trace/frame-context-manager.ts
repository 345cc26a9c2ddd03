import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { SlottedContext } from './context.ts';
import { ContextFrames, type Frame } from './context-frames.ts';

/**
 * The SDK's context manager, which goes in and out by the frames of Node.js, where it has them, rather than by `AsyncLocalStorage`, to the
 * same effect: what an app enters into storages of its own in between stays. Only if it disables one of them, work that it began before in
 * the same context may find that one disabled, too.
 */
export class FrameContextManager extends AsyncLocalStorageContextManager {
  readonly #root: Context;
  readonly #find: () => ContextFrames | undefined;
  readonly #storage: AsyncLocalStorage<Context>;
  /** Looked for when a context is first entered: it is 0.6 ms that a start need not have. */
  #frames: ContextFrames | undefined = undefined;
  #isSought = false;

  /** @param root is active where nothing else is */
  constructor(root: Context = ROOT_CONTEXT, find: () => ContextFrames | undefined = () => ContextFrames.find()) {
    super();
    this.#root = root;
    this.#find = find;
    this.#storage = this['_asyncLocalStorage'] as AsyncLocalStorage<Context>;
  }

  /** Not by `super.active()`: the SDK's root context may have been made active, as it is for a request without a trace. */
  override active(): Context {
    const frames = this.#frames;
    const held = frames === undefined ? this.#storage.getStore() : frames.current()?.get(this.#storage);
    return (held as Context | undefined) ?? this.#root;
  }

  override with<Args extends unknown[], Fn extends (...args: Args) => ReturnType<Fn>>(
    context: Context,
    fn: Fn,
    thisArg?: ThisParameterType<Fn>,
    ...args: Args
  ): ReturnType<Fn> {
    const frames = this.#seek();
    if (frames === undefined) return super.with(context, fn, thisArg, ...args);
    const before = frames.current();
    // as with the SDK's own, what is attached inside stays then
    if (before?.get(this.#storage) === context) {
      return Reflect.apply<unknown, Args, ReturnType<Fn>>(fn, thisArg ?? null, args);
    }
    const entered = this.#enter(frames, before, context);
    const { size } = entered;
    try {
      return Reflect.apply<unknown, Args, ReturnType<Fn>>(fn, thisArg ?? null, args);
    } finally {
      this.#leave(frames, entered, size, before);
    }
  }

  override attach(context: Context): { dispose(): void } {
    const frames = this.#seek();
    if (frames === undefined) return super.attach(context);
    const before = frames.current();
    const entered = this.#enter(frames, before, context);
    const { size } = entered;
    let isOver = false;
    return {
      dispose: () => {
        if (!isOver) this.#leave(frames, entered, size, before);
        isOver = true;
      },
    };
  }

  #seek(): ContextFrames | undefined {
    if (!this.#isSought) this.#frames = this.#find();
    this.#isSought = true;
    return this.#frames;
  }

  #enter(frames: ContextFrames, before: Frame | undefined, context: Context): Frame {
    const storage = this.#storage;
    const active = before?.get(storage);
    // an app that brings its own copy of the API enters others than ours, and may enter what is no context
    const canKeep = context instanceof SlottedContext && isOnly(before, active);
    const frame = canKeep ? this.#frameOf(frames, context) : frames.make(before, storage, context);
    frames.enter(frame);
    return frame;
  }

  /** That of a context beside which no storage holds anything: mostly it is entered several times. */
  #frameOf(frames: ContextFrames, context: SlottedContext): Frame {
    const known = SlottedContext.kept(context) as Frame | undefined;
    // an app that disables the manager takes the context out of the frame
    if (known?.get(this.#storage) === context) return known;
    const frame = frames.make(undefined, this.#storage, context);
    SlottedContext.keep(context, frame);
    return frame;
  }

  /** @param size that the frame had when it was entered: a storage that is disabled is taken out of the very frame */
  #leave(frames: ContextFrames, entered: Frame, size: number, before: Frame | undefined): void {
    const now = frames.current();
    if (now === entered && now.size === size) return frames.enter(before);
    const storage = this.#storage;
    frames.enter(frames.make(now, storage, before?.get(storage)));
  }
}

/** @param active what ours holds of it */
function isOnly(frame: Frame | undefined, active: unknown): boolean {
  return frame === undefined || frame.size === (active === undefined ? 0 : 1);
}
