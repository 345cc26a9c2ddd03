import { subscribe } from 'node:diagnostics_channel';
import { Worker } from 'node:worker_threads';
import { msUntil } from '../core/deadline.ts';
import { beforeMethod } from './before-method.ts';
import type { ThreadSlot, ThreadSlots } from './thread-slots.ts';

/** How long `terminate()` may take longer for a thread that has spans to hand over: it answers in 1 ms unless it is busy. */
const TERMINATE_MS = 50;
/** How long the end waits for threads that have ended no span; they may have begun some. */
const IDLE_MS = 20;

/** The worker threads that this thread has started, and theirs: they end with it. */
export class ChildThreads {
  readonly #slots: ThreadSlots;
  readonly #thread: number;
  readonly #born = new Map<number, WeakRef<Worker>>();
  #isWatching = false;
  #closed = false;

  /**
   * Watches for their starts; inert until the first.
   *
   * @param calls `onBirth` is called at each, before the new thread runs anything, `onTerminate` before one is ended
   */
  constructor(
    slots: ThreadSlots,
    thread: number,
    { onBirth, onTerminate }: { readonly onBirth?: () => void; readonly onTerminate?: () => void } = {},
  ) {
    this.#slots = slots;
    this.#thread = thread;
    subscribe('worker_threads', (message) => {
      if (this.#closed) return;
      const { worker } = message as { readonly worker: Worker };
      if (!this.#isWatching) this.#watchTerminate(onTerminate);
      this.#isWatching = true;
      this.sweep();
      this.#born.set(worker.threadId, new WeakRef(worker));
      onBirth?.();
    });
  }

  /** Asks them for what they have and blocks until they have handed it over, at most `timeoutMs`. */
  collect(timeoutMs: number): void {
    this.#closed = true;
    this.sweep();
    const asked = this.#slots.under(this.#thread).filter(({ hasLeft }) => !hasLeft);
    ask(asked, timeoutMs, Math.min(IDLE_MS, timeoutMs));
  }

  /** Has those leave that are gone, with whom they had started. */
  sweep(): void {
    for (const [thread, ref] of this.#born) {
      const worker = ref.deref();
      // The id of one that is gone is -1.
      if (worker !== undefined && worker.threadId === thread) continue;
      this.#born.delete(thread);
      for (const slot of this.#slots.of(thread)) slot.leave();
    }
  }

  /** A pool ends its idle threads so, and they may not have handed over what they did last. */
  #watchTerminate(onTerminate?: () => void): void {
    beforeMethod(Worker.prototype, 'terminate', (worker) => {
      onTerminate?.();
      const ending = this.#slots.of((worker as Worker).threadId);
      const owing = ending.filter(({ hasLeft, owes }) => !hasLeft && owes);
      ask(owing, TERMINATE_MS, 0);
    });
  }
}

function ask(slots: readonly ThreadSlot[], owingMs: number, idleMs: number): void {
  const nowMs = performance.now();
  for (const slot of slots) slot.ask();
  for (const slot of slots) slot.waitForAnswer(msUntil(nowMs + (slot.owes ? owingMs : idleMs)));
}
