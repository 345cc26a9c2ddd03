/** More threads at the same time than anybody has; one that finds no slot sends its spans itself. */
const MAX_SLOTS = 256;
const HEAD_WORDS = 4;
const SLOT_WORDS = 4;
const WORD_BYTES = 4;
const NUMBER_BYTES = 8;
const ROW_NUMBERS = 4;

/** Numbers of a row. */
const ENDED = 0;
const DRAFTED = 1;
const TAKEN = 2;
const BYTES_TAKEN = 3;

const LISTENING = 0;
const EXPORTERS = 1;
const STATE = 0;
const THREAD = 1;
const PARENT = 2;
const FLUSHES = 3;

const states = { free: 0, claimed: 1, live: 2, asked: 3, answered: 4, left: 5 } as const;
type State = (typeof states)[keyof typeof states];

// Taken before anybody wraps it.
const { wait } = Atomics;

/**
 * What the threads of a process know of each other, in memory that outlives each of them.
 *
 *     listening | exporters | - | - | { state | thread | parent | flushes } for each slot          32-bit words
 *     { { ended | drafted | taken | bytes taken } for each exporter } for each slot                64-bit numbers
 *
 * A thread's slot goes free → claimed → live → (asked → answered) → left, and is free again when the host has counted what is in it.
 * Of the numbers, the thread writes what has `ended` and what of it is in a draft, the host what it has taken.
 */
export class ThreadSlots {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  /** Made as they are needed: most processes have no other thread. */
  readonly #slots: ThreadSlot[] = [];

  /** @param from of another `ThreadSlots`; or how many exporters each thread has, for the first one */
  constructor(from: SharedArrayBuffer | number) {
    this.shared = typeof from === 'number' ? new SharedArrayBuffer(sizeFor(from)) : from;
    this.#words = new Int32Array(this.shared);
    if (typeof from === 'number') this.#words[EXPORTERS] = from;
  }

  /** Takes a slot for the calling thread; undefined where there is none. */
  claim(thread: number, parent: number): ThreadSlot | undefined {
    for (let index = 0; index < MAX_SLOTS; index++) {
      if (this.#stateOf(index) !== states.free) continue;
      const slot = this.at(index);
      if (slot.claim(thread, parent)) return slot;
    }
    return undefined;
  }

  at(index: number): ThreadSlot {
    return (this.#slots[index] ??= new ThreadSlot(this.shared, index, this.#words[EXPORTERS] ?? 0));
  }

  /** Those that belong to a thread, or did until now. */
  inUse(): ThreadSlot[] {
    const used: ThreadSlot[] = [];
    for (let index = 0; index < MAX_SLOTS; index++)
      if (this.#stateOf(index) > states.claimed) used.push(this.at(index));
    return used;
  }

  /** That of `thread`, and those of the threads that end when it does. */
  of(thread: number): ThreadSlot[] {
    return [...this.inUse().filter((slot) => slot.thread === thread), ...this.under(thread)];
  }

  /** Those of the threads that end when `thread` does. */
  under(thread: number): ThreadSlot[] {
    const all = this.inUse();
    const found: ThreadSlot[] = [];
    let parents = [thread];
    while (parents.length > 0) {
      const children = all.filter((slot) => parents.includes(slot.parent) && !found.includes(slot));
      found.push(...children);
      parents = children.map((slot) => slot.thread);
    }
    return found;
  }

  /** The host hears what the threads tell. */
  listening(): void {
    Atomics.store(this.#words, LISTENING, 1);
    Atomics.notify(this.#words, LISTENING);
  }

  /** Blocks until it does, which it does before the first thread has started; or until `timeoutMs`. */
  waitForHost(timeoutMs: number): void {
    wait(this.#words, LISTENING, 0, timeoutMs);
  }

  #stateOf(index: number): number {
    return Atomics.load(this.#words, HEAD_WORDS + index * SLOT_WORDS + STATE);
  }
}

/** One thread's part. */
export class ThreadSlot {
  readonly index: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #numbers: Float64Array<SharedArrayBuffer>;

  constructor(shared: SharedArrayBuffer, index: number, exporters: number) {
    this.index = index;
    this.#words = new Int32Array(shared, WORD_BYTES * (HEAD_WORDS + index * SLOT_WORDS), SLOT_WORDS);
    const numbers = exporters * ROW_NUMBERS;
    const numbersAt = WORD_BYTES * (HEAD_WORDS + MAX_SLOTS * SLOT_WORDS);
    this.#numbers = new Float64Array(shared, numbersAt + index * numbers * NUMBER_BYTES, numbers);
  }

  get thread(): number {
    return this.#words[THREAD] ?? 0;
  }

  get parent(): number {
    return this.#words[PARENT] ?? 0;
  }

  get hasLeft(): boolean {
    return this.#is(states.left);
  }

  /** Whether spans have ended in the thread that the host cannot get at. */
  get owes(): boolean {
    for (let row = 0; row < this.#numbers.length; row += ROW_NUMBERS) {
      const [ended = 0, drafted = 0, taken = 0] = this.#numbers.subarray(row);
      if (ended > drafted + taken) return true;
    }
    return false;
  }

  /** Spans that ended in the thread and that the host has not taken. */
  notTaken(exporter: number): number {
    return this.#number(exporter, ENDED) - this.#number(exporter, TAKEN);
  }

  bytesTaken(exporter: number): number {
    return this.#number(exporter, BYTES_TAKEN);
  }

  claim(thread: number, parent: number): boolean {
    if (!this.#move(states.free, states.claimed)) return false;
    this.#numbers.fill(0);
    this.#words[FLUSHES] = 0;
    this.#words[THREAD] = thread;
    this.#words[PARENT] = parent;
    Atomics.store(this.#words, STATE, states.live);
    return true;
  }

  ended(exporter: number): void {
    this.#add(exporter, ENDED, 1);
  }

  drafted(exporter: number, spans: number): void {
    this.#numbers[exporter * ROW_NUMBERS + DRAFTED] = spans;
  }

  taken(exporter: number, spans: number, bytes: number): void {
    this.#add(exporter, TAKEN, spans);
    this.#add(exporter, BYTES_TAKEN, bytes);
  }

  /** Asks the thread for what it has, because it will not go on. */
  ask(): void {
    this.#move(states.live, states.asked);
  }

  /** Resolves when the thread is asked; never, if it is not. Keeps no thread alive. */
  async asked(): Promise<void> {
    while (this.#is(states.live)) await Atomics.waitAsync(this.#words, STATE, states.live).value;
  }

  /** Where it was asked: it has handed over what it has. @returns whether it was */
  answer(): boolean {
    return this.#move(states.asked, states.answered);
  }

  /** The same, and where it was not asked it leaves by itself. */
  end(): void {
    if (!this.answer()) this.leave();
  }

  /** Blocks until the thread has answered or left, at most `timeoutMs`. */
  waitForAnswer(timeoutMs: number): void {
    wait(this.#words, STATE, states.asked, timeoutMs);
  }

  /** The thread will tell nothing more. */
  leave(): void {
    this.#store(states.left);
  }

  free(): void {
    this.#store(states.free);
  }

  /** A flush that the thread asked for has been made. */
  flushed(): void {
    Atomics.add(this.#words, FLUSHES, 1);
    Atomics.notify(this.#words, FLUSHES);
  }

  /** Resolves when so many flushes have been made. Keeps no thread alive. */
  async flushedTimes(flushes: number): Promise<void> {
    for (let made = this.#flushes; made < flushes; made = this.#flushes) {
      await Atomics.waitAsync(this.#words, FLUSHES, made).value;
    }
  }

  get #flushes(): number {
    return Atomics.load(this.#words, FLUSHES);
  }

  #number(exporter: number, at: number): number {
    return this.#numbers[exporter * ROW_NUMBERS + at] ?? 0;
  }

  #add(exporter: number, at: number, count: number): void {
    this.#numbers[exporter * ROW_NUMBERS + at] = this.#number(exporter, at) + count;
  }

  #is(state: State): boolean {
    return Atomics.load(this.#words, STATE) === state;
  }

  #move(from: State, to: State): boolean {
    const moved = Atomics.compareExchange(this.#words, STATE, from, to) === from;
    if (moved) Atomics.notify(this.#words, STATE);
    return moved;
  }

  #store(state: State): void {
    Atomics.store(this.#words, STATE, state);
    Atomics.notify(this.#words, STATE);
  }
}

function sizeFor(exporters: number): number {
  const words = HEAD_WORDS + MAX_SLOTS * SLOT_WORDS;
  return WORD_BYTES * words + NUMBER_BYTES * MAX_SLOTS * exporters * ROW_NUMBERS;
}
