import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { msUntil } from '../core/deadline.ts';
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
  /** The same in spans; Infinity where nobody set it. */
  readonly maxQueueSize: number;
  /** The most that one attempt may take. */
  readonly exportTimeoutMs: number;
  /** Resolves when the resource is complete; nothing leaves before. */
  readonly ready: Promise<unknown>;
  /** Said with each failure where nobody configured the target. */
  readonly firstFailureHint?: string;
}

const MAX_IN_FLIGHT = 4;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
/** Bytes that the operating system took so long ago and nobody answered to are not believed to have arrived. */
const ANSWER_MS = 1_000;

interface InFlight {
  readonly payload: Payload;
  handedOverMs?: number;
}

/**
 * Brings payloads to one transport: a few under way, the rest waiting in order, bounded by bytes.
 *
 * A retryable failure puts the payload back at the head and waits: 200 ms doubling up to 5 s with ±20 % jitter, or what
 * the collector asked for if that is longer. Nothing here keeps the process alive but a caller of `flush`.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** What sending does makes no spans, and holds nothing of the request in which a batch became full. */
  readonly #untraced: Context = suppressTracing(ROOT_CONTEXT);
  readonly #waiting: Payload[] = [];
  readonly #inFlight = new Set<InFlight>();
  #bytes = 0;
  #spans = 0;
  #backoffMs = 0;
  #retryAtMs = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #ready = false;
  #closed = false;
  /** A flush has tried and could not send all; nothing has got through since. */
  #flushFailed = false;
  readonly #flushes = new Set<() => void>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    const start = (): void => {
      this.#ready = true;
      this.#pump();
    };
    options.ready.then(start, start);
  }

  /** Payloads that are neither delivered nor given up. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size === 0;
  }

  enqueue(payload: Payload): void {
    const { ledger, log, maxQueueBytes, maxQueueSize, transport } = this.#options;
    if (this.#closed) return ledger.dropped('deadline', payload.spans);
    if (this.#bytes + payload.body.length > maxQueueBytes || this.#spans + payload.spans > maxQueueSize) {
      ledger.dropped('queueFull', payload.spans);
      const waiting = `${this.#spans} spans (${Math.round(this.#bytes / 1024)} KiB) are waiting for ${transport.target}`;
      log.trouble(`queue ${transport.target}`, `${waiting}; no room for ${payload.spans} more, dropped`);
      return;
    }
    this.#hold(payload, 1);
    this.#waiting.push(payload);
    this.#pump();
  }

  /**
   * Tries once to send all that is there; resolves when that is done, when an attempt has failed in a way that would be
   * retried later and none is under way any more, or at `deadlineMs` (`performance.now()` clock).
   *
   * A backoff that is running is cut short, and none is waited for: whoever flushes is about to end.
   */
  flush(deadlineMs: number): Promise<void> {
    if (this.idle) return Promise.resolve();
    this.#flushFailed = false;
    this.#backoffMs = 0;
    this.#retryAtMs = 0;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#flushes.delete(end);
        this.#flushFailed = !this.idle;
        resolve();
      };
      // Not unref'd: the sockets are, so this timer is what keeps the process for as long as the flush may take.
      const timer = setTimeout(end, msUntil(deadlineMs));
      this.#flushes.add(end);
      this.#pump();
    });
  }

  /**
   * Hands out what has not left the process, for another thread to send; nothing more is sent from here.
   *
   * What the operating system has just taken arrives without us and counts as delivered. Where a flush has failed, a
   * further attempt would fail too: then nothing is handed out and all is counted as lost.
   */
  takeUnsent(): Payload[] {
    const { ledger } = this.#options;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    const unsent: Payload[] = [];
    for (const { payload, handedOverMs } of this.#inFlight) {
      if (handedOverMs === undefined) unsent.push(payload);
      else if (this.#flushFailed || performance.now() - handedOverMs > ANSWER_MS) {
        ledger.dropped('unanswered', payload.spans);
      } else ledger.delivered(payload.spans);
    }
    unsent.push(...this.#waiting.splice(0));
    this.#inFlight.clear();
    this.#bytes = 0;
    this.#spans = 0;
    if (!this.#flushFailed) return unsent;
    for (const { spans } of unsent) ledger.dropped('deadline', spans);
    return [];
  }

  /** Notes why spans are not taken. @returns the reason, with the hint where there is one */
  failed(why: string): string {
    const { ledger, firstFailureHint } = this.#options;
    const said = firstFailureHint === undefined ? why : `${why}; ${firstFailureHint}`;
    ledger.failed(said);
    return said;
  }

  #hold({ body, spans }: Payload, sign: 1 | -1): void {
    this.#bytes += sign * body.length;
    this.#spans += sign * spans;
  }

  #pump(): void {
    if (!this.#ready || this.#closed) return;
    const waitMs = this.#retryAtMs - performance.now();
    if (waitMs > 0) return this.#pumpLater();
    // After a failure one payload tries the ground before the others follow.
    const limit = this.#backoffMs > 0 ? 1 : MAX_IN_FLIGHT;
    while (this.#inFlight.size < limit) {
      const payload = this.#waiting.shift();
      if (payload === undefined) break;
      void this.#send(payload);
    }
  }

  #pumpLater(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#pump(), msUntil(this.#retryAtMs)).unref();
  }

  async #send(payload: Payload): Promise<void> {
    const flight: InFlight = { payload };
    this.#inFlight.add(flight);
    const deadlineMs = performance.now() + this.#options.exportTimeoutMs;
    const onHandedOver = (): void => void (flight.handedOverMs = performance.now());
    const outcome = await context.with(this.#untraced, () =>
      this.#options.transport.send(payload, deadlineMs, onHandedOver),
    );
    // `takeUnsent` has settled it.
    if (!this.#inFlight.delete(flight)) return;
    this.#settle(payload, outcome);
    this.#pump();
    if (this.#inFlight.size === 0) for (const end of this.#flushes) end();
  }

  #settle(payload: Payload, outcome: Outcome): void {
    const { ledger, log, transport } = this.#options;
    const trouble = `send ${transport.target}`;
    switch (outcome.status) {
      case 'delivered': {
        const { spans: rejected, why } = outcome.rejected ?? { spans: 0, why: '' };
        this.#hold(payload, -1);
        this.#backoffMs = 0;
        this.#flushFailed = false;
        ledger.delivered(payload.spans - rejected);
        log.over(trouble, `${transport.target} takes spans again`);
        if (rejected === 0) return;
        ledger.dropped('refused', rejected);
        log.trouble(
          `reject ${transport.target}`,
          `${transport.target} rejected ${rejected} of ${payload.spans} spans: ${why}; dropped, not retried`,
        );
        return;
      }
      case 'refused':
        this.#hold(payload, -1);
        ledger.dropped('refused', payload.spans);
        log.trouble(trouble, `${transport.target} ${outcome.why}; dropped, not retried`);
        return;
      case 'retryable':
        this.#waiting.unshift(payload);
        this.#backOff(outcome.afterMs ?? 0);
        this.#sayFailed(trouble, this.failed(outcome.why));
        return;
    }
  }

  /** Attempts that fail together are one failure. */
  #backOff(afterMs: number): void {
    const nowMs = performance.now();
    if (this.#retryAtMs <= nowMs) {
      this.#backoffMs = Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, this.#backoffMs * 2));
      this.#retryAtMs = nowMs + this.#backoffMs * (0.8 + Math.random() * 0.4);
    }
    this.#retryAtMs = Math.max(this.#retryAtMs, nowMs + afterMs);
  }

  #sayFailed(trouble: string, why: string): void {
    const { log, transport } = this.#options;
    // At the end of the process the line that counts the lost says it; where it goes on, the next attempt does.
    if (this.#flushes.size > 0) return;
    log.trouble(trouble, `${transport.target} does not take spans: ${why}; kept and retried`);
  }
}
