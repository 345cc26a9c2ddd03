/** What became of one payload. */
export type PayloadEnd = (typeof ENDS)[number];

/** What became of one job. */
export interface FlushResult {
  /** Of each payload, in their order. */
  readonly ends: readonly PayloadEnd[];
  /** Spans that were rejected of payloads that were taken. */
  readonly rejected: number;
  /** What the rest failed by; empty where nothing was tried. */
  readonly why: string;
}

const ENDS = ['unsent', 'delivered', 'refused'] as const;

const WHY_BYTES = 240;
const WORD_BYTES = 4;
/** Words of a job before the ends of its payloads: rejected, bytes of why, why. */
const HEAD_WORDS = 2 + WHY_BYTES / WORD_BYTES;

/**
 * What two threads share about a flush, while one of them stands still.
 *
 *     done | { rejected | bytes of why | why | end of each payload } for each job
 */
export class FlushProgress {
  readonly #words: Int32Array<SharedArrayBuffer>;
  /** Where each job's words begin, and where the last one's end. */
  readonly #begins: readonly number[];

  /**
   * @param payloads how many each job has
   * @param shared of another `FlushProgress` for the same jobs; without it this is the first
   */
  constructor(payloads: readonly number[], shared?: SharedArrayBuffer) {
    const begins = [1];
    for (const count of payloads) begins.push((begins.at(-1) ?? 0) + HEAD_WORDS + count);
    this.#begins = begins;
    this.#words = new Int32Array(shared ?? new SharedArrayBuffer(WORD_BYTES * (begins.at(-1) ?? 0)));
  }

  get shared(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  ended(job: number, payload: number, end: PayloadEnd): void {
    Atomics.store(this.#words, this.#at(job) + HEAD_WORDS + payload, ENDS.indexOf(end));
  }

  rejected(job: number, spans: number): void {
    Atomics.add(this.#words, this.#at(job), spans);
  }

  /** Where the job stands, should nothing more be heard of it. */
  standsAt(job: number, why: string): void {
    const text = new TextEncoder().encode(why).subarray(0, WHY_BYTES);
    this.#why(job, text.length).set(text);
    Atomics.store(this.#words, this.#at(job) + 1, text.length);
  }

  done(): void {
    Atomics.store(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }

  /** Blocks this thread until `done`, at most `timeoutMs`. */
  wait(timeoutMs: number): void {
    Atomics.wait(this.#words, 0, 0, timeoutMs);
  }

  result(job: number): FlushResult {
    const [rejected = 0, bytes = 0] = this.#words.subarray(this.#at(job));
    const ends = this.#words.subarray(this.#at(job) + HEAD_WORDS, this.#at(job + 1));
    return {
      ends: Array.from(ends, (end) => ENDS[end] ?? 'unsent'),
      rejected,
      // A decoder takes no shared memory.
      why: new TextDecoder().decode(Uint8Array.from(this.#why(job, bytes))),
    };
  }

  #at(job: number): number {
    return this.#begins[job] ?? 0;
  }

  #why(job: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#words.buffer, WORD_BYTES * (this.#at(job) + 2), bytes);
  }
}
