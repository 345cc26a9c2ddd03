import type { Log } from '../core/log.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome, Transport } from './transport.ts';

export interface DeliveryOptions {
  readonly transport: Transport;
  readonly ledger: Ledger;
  readonly log: Log;
  /** Bound of the bytes that wait or are under way; a batch beyond it is dropped and counted. */
  readonly maxQueueBytes: number;
  /** The most that one attempt may take. */
  readonly exportTimeoutMs: number;
  /** Resolves when the resource is complete; nothing leaves before. */
  readonly ready: Promise<unknown>;
  /** Said once in place of the first failure's line, where nobody configured the target. */
  readonly firstFailureHint?: string;
}

const MAX_IN_FLIGHT = 4;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;

interface InFlight {
  readonly payload: Payload;
  handedOver: boolean;
}

/**
 * Brings payloads to one transport: a few under way, the rest waiting in order, bounded by bytes.
 *
 * A retryable failure puts the payload back at the head and waits: 200 ms doubling up to 5 s with ±20 % jitter, or what
 * the collector asked for if that is longer. Nothing here keeps the process alive but a caller of `flush`.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #waiting: Payload[] = [];
  readonly #inFlight = new Set<InFlight>();
  #bytes = 0;
  #backoffMs = 0;
  #retryAtMs = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #ready = false;
  #closed = false;
  #whenFlushed: (() => void)[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
    void options.ready.then(() => {
      this.#ready = true;
      this.#pump();
    });
  }

  /** Payloads that are neither delivered nor given up. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size === 0;
  }

  enqueue(payload: Payload): void {
    const { ledger, log, maxQueueBytes, transport } = this.#options;
    if (this.#closed || this.#bytes + payload.body.length > maxQueueBytes) {
      ledger.dropped('queueFull', payload.spans);
      const room = `${Math.round(maxQueueBytes / 1024)} KiB are waiting for ${transport.target}`;
      if (!this.#closed) log.trouble('queue', `${room}; ${payload.spans} spans dropped`);
      return;
    }
    this.#bytes += payload.body.length;
    this.#waiting.push(payload);
    this.#pump();
  }

  /**
   * Tries once to send all that is there; resolves when that is done, when an attempt fails in a way that would be
   * retried later, or at `deadlineMs` (`performance.now()` clock).
   *
   * A backoff that is running is cut short, and none is waited for: whoever flushes is about to end.
   */
  flush(deadlineMs: number): Promise<void> {
    if (this.idle) return Promise.resolve();
    this.#backoffMs = 0;
    this.#retryAtMs = 0;
    this.#pump();
    return new Promise((resolve) => {
      // Not unref'd: the sockets are, so this timer is what keeps the process for as long as the flush may take.
      const timer = setTimeout(resolve, Math.max(0, deadlineMs - performance.now()));
      this.#whenFlushed.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /**
   * Hands out what has not left the process, for another thread to send; nothing more is sent from here.
   *
   * What the operating system has already taken arrives without us and counts as delivered.
   */
  takeUnsent(): Payload[] {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    const unsent: Payload[] = [];
    for (const { payload, handedOver } of this.#inFlight) {
      if (handedOver) this.#options.ledger.delivered(payload.spans);
      else unsent.push(payload);
    }
    unsent.push(...this.#waiting.splice(0));
    this.#inFlight.clear();
    this.#bytes = 0;
    return unsent;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#options.transport.close();
  }

  #pump(): void {
    if (!this.#ready || this.#closed) return;
    const waitMs = this.#retryAtMs - performance.now();
    if (waitMs > 0) return this.#pumpLater(waitMs);
    // After a failure one payload tries the ground before the others follow.
    const limit = this.#backoffMs > 0 ? 1 : MAX_IN_FLIGHT;
    while (this.#inFlight.size < limit) {
      const payload = this.#waiting.shift();
      if (payload === undefined) break;
      void this.#send(payload);
    }
  }

  #pumpLater(waitMs: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#pump(), waitMs).unref();
  }

  async #send(payload: Payload): Promise<void> {
    const flight: InFlight = { payload, handedOver: false };
    this.#inFlight.add(flight);
    const deadlineMs = performance.now() + this.#options.exportTimeoutMs;
    const outcome = await this.#options.transport.send(payload, deadlineMs, () => (flight.handedOver = true));
    if (!this.#inFlight.delete(flight)) return;
    this.#settle(payload, outcome);
    if (this.idle || outcome.status === 'retryable') for (const resolve of this.#whenFlushed.splice(0)) resolve();
    this.#pump();
  }

  #settle(payload: Payload, outcome: Outcome): void {
    const { ledger, log, transport, firstFailureHint } = this.#options;
    const trouble = `send ${transport.target}`;
    switch (outcome.status) {
      case 'delivered':
        this.#bytes -= payload.body.length;
        this.#backoffMs = 0;
        ledger.delivered(payload.spans);
        log.over(trouble, `${transport.target} takes spans again`);
        return;
      case 'refused':
        this.#bytes -= payload.body.length;
        ledger.dropped('refused', payload.spans);
        log.trouble(trouble, `${transport.target} ${outcome.why}; dropped, not retried`);
        return;
      case 'retryable': {
        this.#waiting.unshift(payload);
        this.#backoffMs = Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, this.#backoffMs * 2));
        const jitter = 0.8 + Math.random() * 0.4;
        this.#retryAtMs = performance.now() + Math.max(this.#backoffMs * jitter, outcome.afterMs ?? 0);
        const hint = firstFailureHint === undefined ? '' : `; ${firstFailureHint}`;
        log.trouble(trouble, `${transport.target} does not take spans: ${outcome.why}; kept and retried${hint}`);
        return;
      }
    }
  }
}
