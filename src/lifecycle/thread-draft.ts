const HEAD_WORDS = 3;
const WORD_BYTES = 4;
/** A larger batch is handed over instead. */
const MAX_BYTES = 65_536;

const STATE = 0;
const BYTES = 1;
const SPANS = 2;

const states = { none: 0, written: 1, beingTaken: 2, taken: 3 } as const;

// Taken before anybody wraps it.
const { wait } = Atomics;

/** What stands in a draft. */
export interface Drafted {
  readonly body: Uint8Array;
  readonly spans: number;
}

/**
 * The batch of a thread that blocks, as it is at that moment, where its host can take it should the thread sleep on or never
 * wake up.
 *
 *     state | bytes | spans | body
 *
 * The thread writes it and takes it back when it goes on; the host takes it at most once in between.
 */
export class ThreadDraft {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #body: Uint8Array<SharedArrayBuffer>;

  /** @param shared of another `ThreadDraft`; without it this is the first */
  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(WORD_BYTES * HEAD_WORDS + MAX_BYTES)) {
    this.shared = shared;
    this.#words = new Int32Array(shared, 0, HEAD_WORDS);
    this.#body = new Uint8Array(shared, WORD_BYTES * HEAD_WORDS);
  }

  /** @returns false where it is too large */
  write({ body, spans }: Drafted): boolean {
    if (body.length > MAX_BYTES) return false;
    this.#body.set(body);
    this.#words[BYTES] = body.length;
    this.#words[SPANS] = spans;
    Atomics.store(this.#words, STATE, states.written);
    return true;
  }

  /** @returns false where it is gone: the host has it */
  takeBack(): boolean {
    if (Atomics.compareExchange(this.#words, STATE, states.written, states.none) === states.written) return true;
    wait(this.#words, STATE, states.beingTaken);
    return Atomics.exchange(this.#words, STATE, states.none) !== states.taken;
  }

  /** For the host. @returns undefined where there is nothing, or no more */
  take(): Drafted | undefined {
    if (Atomics.compareExchange(this.#words, STATE, states.written, states.beingTaken) !== states.written) {
      return undefined;
    }
    const drafted = { body: this.#body.slice(0, this.#words[BYTES]), spans: this.#words[SPANS] ?? 0 };
    Atomics.store(this.#words, STATE, states.taken);
    Atomics.notify(this.#words, STATE);
    return drafted;
  }
}
