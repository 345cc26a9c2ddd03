import type { IdGenerator as SdkIdGenerator } from '@opentelemetry/sdk-trace';

// Taken before an app could replace it by one that gives every process the same numbers.
const { random } = Math;

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
/** Words made at once. A span context that lives on keeps their digits, of which its ids are slices. */
const POOL_WORDS = 128;

/**
 * Ids for spans and traces, from a generator with 128 bits of state (xoshiro128**).
 *
 * Ids must be different, not secret. The state comes from `Math.random`, which V8 seeds from the system's entropy in
 * each process and thread; the process and the moment are mixed in for a `--random-seed` that all of them were given.
 * `node:crypto` would cost 3 to 7 ms at the start. One call turns 512 bytes to digits: 20 ns for a span's id, where
 * 8 bytes at a time cost 100 and a table of digits 30.
 *
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 * @see https://www.w3.org/TR/trace-context/#considerations-for-trace-id-field-generation
 */
export class IdGenerator implements SdkIdGenerator {
  readonly #words = new Uint32Array(POOL_WORDS);
  readonly #state = Int32Array.from([random(), random(), random(), random()], (part) => part * 2 ** 32);
  #digits = '';
  #at = 0;

  constructor() {
    const own = [process.pid, ...process.hrtime(), Date.now()];
    for (const [at, part] of own.entries()) this.#state[at] = (this.#state[at] ?? 0) ^ Math.imul(part, 0x9e3779b1);
  }

  /** 32 lower-case digits, not all of them zero. */
  generateTraceId(): string {
    return this.#take(TRACE_DIGITS);
  }

  /** 16 lower-case digits, not all of them zero. */
  generateSpanId(): string {
    return this.#take(SPAN_DIGITS);
  }

  #take(count: number): string {
    if (this.#at + count > this.#digits.length) {
      this.#fill();
      this.#digits = Buffer.from(this.#words.buffer).toString('hex');
      this.#at = 0;
    }
    const id = this.#digits.slice(this.#at, this.#at + count);
    this.#at += count;
    return id;
  }

  #fill(): void {
    const state = this.#state;
    let [a = 0, b = 0, c = 0, d = 0] = state;
    // it would stay at four zeros
    if ((a | b | c | d) === 0) a = 1;
    for (let word = 0; word < POOL_WORDS; word++) {
      const times5 = Math.imul(b, 5);
      // none is zero, so that no id is
      this.#words[word] = Math.imul((times5 << 7) | (times5 >>> 25), 9) || 1;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    state.set([a, b, c, d]);
  }
}
