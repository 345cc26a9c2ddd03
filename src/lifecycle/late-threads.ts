import type { Threads } from './lifecycle.ts';

/**
 * A thread's dealings with others that begin when it gets hold of `node:worker_threads`: what they need is 3 ms of a start,
 * and most processes never have a second thread.
 */
export class LateThreads implements Threads {
  readonly isGuest = false;
  readonly #create: () => Threads;
  #hasBegun = false;
  #threads: Threads | undefined;

  constructor(create: () => Threads) {
    this.#create = create;
  }

  /** From the first call on; before a thread can be started. */
  begin(): void {
    // what creates them loads `node:worker_threads` itself, and is heard
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#threads = this.#create();
  }

  collect(timeoutMs: number): void {
    this.#threads?.collect(timeoutMs);
  }

  drain(): void {
    this.#threads?.drain();
  }

  close(): void {
    this.#threads?.close();
  }
}
