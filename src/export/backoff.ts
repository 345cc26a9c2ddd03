const FIRST_MS = 200;
const MAX_MS = 5_000;
const JITTER = 0.2;

/** Paces the attempts with a target in trouble: 200 ms doubling up to 5 s, ±20 %, or what the target asked for if that is longer. */
export class Backoff {
  #delayMs = 0;
  #untilMs = 0;

  /** Whether the last attempt failed. */
  get isFailing(): boolean {
    return this.#delayMs > 0;
  }

  /** When the next attempt may be made (`performance.now()` clock); in the past where it may be made now. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** Whether an attempt has to wait. */
  get isWaiting(): boolean {
    return this.#untilMs > 0 && this.#untilMs > performance.now();
  }

  /** Attempts that fail together are one failure. */
  failed(afterMs = 0): void {
    const nowMs = performance.now();
    if (this.#untilMs <= nowMs) {
      this.#delayMs = Math.min(MAX_MS, Math.max(FIRST_MS, this.#delayMs * 2));
      this.#untilMs = nowMs + this.#delayMs * (1 - JITTER + Math.random() * 2 * JITTER);
    }
    this.#untilMs = Math.max(this.#untilMs, nowMs + afterMs);
  }

  succeeded(): void {
    this.#delayMs = 0;
  }

  /** Forgets what was, for an attempt now. */
  cutShort(): void {
    this.#delayMs = 0;
    this.#untilMs = 0;
  }
}
