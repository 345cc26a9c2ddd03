/** What became of the spans of one job. */
export interface FlushResult {
  readonly delivered: number;
  readonly refused: number;
  /** What the rest failed by; empty where nothing was tried. */
  readonly why: string;
}

const WHY_BYTES = 240;
const WORD_BYTES = 4;
/** Words of a job: delivered, refused, bytes of why; the text of why follows. */
const HEAD_WORDS = 3;
const JOB_WORDS = HEAD_WORDS + WHY_BYTES / WORD_BYTES;

/**
 * What two threads share about a flush, while one of them stands still.
 *
 *     done | { delivered | refused | bytes of why | why } for each job
 */
export class FlushProgress {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** @param shared from `FlushProgress.share`, all zeros at first */
  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared);
  }

  static share(jobs: number): SharedArrayBuffer {
    return new SharedArrayBuffer(WORD_BYTES * (1 + jobs * JOB_WORDS));
  }

  delivered(job: number, spans: number): void {
    Atomics.add(this.#words, this.#at(job), spans);
  }

  refused(job: number, spans: number): void {
    Atomics.add(this.#words, this.#at(job) + 1, spans);
  }

  /** Where the job stands, should nothing more be heard of it. */
  standsAt(job: number, why: string): void {
    const text = new TextEncoder().encode(why).subarray(0, WHY_BYTES);
    this.#why(job, text.length).set(text);
    Atomics.store(this.#words, this.#at(job) + 2, text.length);
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
    const [delivered = 0, refused = 0, bytes = 0] = this.#words.subarray(this.#at(job));
    // A decoder takes no shared memory.
    return { delivered, refused, why: new TextDecoder().decode(Uint8Array.from(this.#why(job, bytes))) };
  }

  #at(job: number): number {
    return 1 + job * JOB_WORDS;
  }

  #why(job: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#words.buffer, WORD_BYTES * (this.#at(job) + HEAD_WORDS), bytes);
  }
}
