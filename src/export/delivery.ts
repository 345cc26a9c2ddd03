import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import type { Log } from '../core/log.ts';
import type { Claim } from '../spool/spool.ts';
import type { Payload } from '../wire/encoder.ts';
import { Backoff } from './backoff.ts';
import type { DropReason, Ledger } from './ledger.ts';
import type { Spooling, SpoolingOptions } from './spooling.ts';
import type { LateAnswer, OnHandedOver, Outcome, Transport } from './transport.ts';

export interface DeliveryOptions {
  readonly transport: Transport;
  readonly ledger: Ledger;
  readonly log: Log;
  /** Bound of the bytes that wait or are under way; a batch beyond it goes to disk, or is dropped and counted. */
  readonly maxQueueBytes: number;
  /** The same in spans; Infinity where nobody set it. */
  readonly maxQueueSize: number;
  /** The most that one attempt may take. */
  readonly exportTimeoutMs: number;
  /** Resolves when the resource is complete; nothing leaves before. */
  readonly ready: Promise<unknown>;
  /** Said with each failure where nobody configured the target. */
  readonly firstFailureHint?: string;
  /** Makes what keeps payloads on disk, where that is wanted. */
  readonly createSpooling?: (parts: Pick<SpoolingOptions, 'ledger' | 'log' | 'onChange'>) => Spooling;
}

const MAX_IN_FLIGHT = 4;
/** Bytes that the operating system took so long ago and nobody answered to are not believed to have arrived. */
const ANSWER_MS = 1_000;

interface Flight {
  readonly payload: Payload;
  /** Where the payload comes from disk. */
  readonly claim: Claim | undefined;
  handedOverMs?: number;
  lateAnswer?: LateAnswer | undefined;
}

/**
 * Brings payloads to one transport: a few under way, the rest waiting in order, bounded by bytes.
 *
 * After a retryable failure the payload waits again, at the head, and the target gets a pause. With a spool, what waits
 * in that pause goes to disk; what is on disk follows when nothing else is waiting. Nothing here keeps the process alive but a
 * caller of `flush`.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** What sending does makes no spans, and holds nothing of the request in which a batch became full. */
  readonly #untraced: Context = suppressTracing(ROOT_CONTEXT);
  readonly #waiting: Payload[] = [];
  readonly #inFlight = new Set<Flight>();
  readonly #spooling: Spooling | undefined;
  readonly #backoff = new Backoff();
  #bytes = 0;
  #spans = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #ready = false;
  #closed = false;
  /** A flush has tried and could not send all; nothing has got through since. */
  #flushFailed = false;
  /** A flush has, for the answers to what is `#unanswered`. */
  #waitedInVain = false;
  /** What had left the process when `takeUnsent` was called. */
  readonly #unanswered: (Flight & { handedOverMs: number })[] = [];
  readonly #flushes = new Set<() => void>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    const { ledger, log, createSpooling } = options;
    this.#spooling = createSpooling?.({ ledger, log, onChange: () => this.#pump() });
    const start = (): void => {
      this.#ready = true;
      this.#pump();
    };
    options.ready.then(start, start);
  }

  /** Whether every payload is delivered, on disk, or given up. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size === 0 && this.#spooling?.idle !== false;
  }

  enqueue(payload: Payload): void {
    const { log, maxQueueBytes, maxQueueSize, transport } = this.#options;
    if (this.#closed) return this.giveUp(payload, 'deadline');
    if (this.#bytes + payload.body.length > maxQueueBytes || this.#spans + payload.spans > maxQueueSize) {
      if (this.#spooling?.hasRoom) return void this.#keep(this.#spooling, payload);
      this.#options.ledger.dropped('queueFull', payload.spans);
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
    this.#backoff.cutShort();
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
   * Where a flush has failed, a further attempt would fail too: then nothing is handed out and all is given up. What has
   * left the process is for `settleUnanswered`.
   */
  takeUnsent(): Payload[] {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    // One that is cut short has waited in vain too.
    this.#waitedInVain = this.#flushFailed || this.#flushes.size > 0;
    const unsent: Payload[] = [];
    for (const flight of this.#inFlight) {
      const { payload, claim, handedOverMs } = flight;
      if (claim !== undefined) this.#spooling?.release(claim);
      else if (handedOverMs === undefined) unsent.push(payload);
      else this.#unanswered.push({ ...flight, handedOverMs });
    }
    unsent.push(...this.#waiting.splice(0));
    this.#inFlight.clear();
    this.#bytes = 0;
    this.#spans = 0;
    for (const payload of this.#spooling?.close() ?? []) this.giveUp(payload, 'deadline');
    if (!this.#flushFailed) return unsent;
    for (const payload of unsent) this.giveUp(payload, 'deadline');
    return [];
  }

  /** Whether something has left the process, and nobody has said what became of it. */
  get isUnanswered(): boolean {
    return this.#unanswered.length > 0;
  }

  /**
   * Waits for the answers to what has left the process, while this thread stands still for `timeoutMs` at most.
   *
   * Where answers cannot be read so (TLS, gRPC), what has been handed over within the last second counts as delivered;
   * but not where a flush has waited for the answer in vain.
   */
  settleUnanswered(timeoutMs: number): void {
    const { ledger } = this.#options;
    const deadlineMs = performance.now() + timeoutMs;
    for (const { payload, handedOverMs, lateAnswer } of this.#unanswered.splice(0)) {
      const outcome = lateAnswer?.(msUntil(deadlineMs));
      if (outcome !== undefined) this.#settleLate(payload, outcome);
      else if (lateAnswer === undefined && !this.#waitedInVain && performance.now() - handedOverMs < ANSWER_MS) {
        ledger.delivered(payload.spans);
      } else this.giveUp(payload, 'unanswered');
    }
  }

  #settleLate(payload: Payload, outcome: Outcome): void {
    const { ledger } = this.#options;
    if (outcome.status === 'delivered') {
      const { spans: rejected, why } = outcome.rejected ?? { spans: 0, why: '' };
      ledger.delivered(payload.spans - rejected);
      ledger.dropped('refused', rejected);
      if (why !== '') this.failed(why);
      return;
    }
    if (outcome.status === 'refused') ledger.dropped('refused', payload.spans);
    else this.giveUp(payload, 'deadline');
    this.failed(outcome.why);
  }

  /** The end has come for a payload that could not be sent: it goes to disk where there is a spool, else it is counted as lost. */
  giveUp(payload: Payload, reason: DropReason): void {
    if (this.#spooling === undefined) this.#options.ledger.dropped(reason, payload.spans);
    else this.#spooling.keepSync(payload);
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
    if (this.#backoff.isWaiting) {
      this.#keepWaiting();
      clearTimeout(this.#retryTimer);
      this.#retryTimer = setTimeout(() => this.#pump(), msUntil(this.#backoff.untilMs)).unref();
    } else {
      // After a failure one payload tries the ground before the others follow.
      const limit = this.#backoff.isFailing ? 1 : MAX_IN_FLIGHT;
      while (this.#inFlight.size < limit && this.#sendNext());
    }
    if (this.#inFlight.size === 0 && this.#spooling?.idle !== false) for (const end of this.#flushes) end();
  }

  /** What waits for a target in trouble waits on disk. */
  #keepWaiting(): void {
    while (this.#spooling?.hasRoom) {
      const payload = this.#waiting.shift();
      if (payload === undefined) return;
      this.#hold(payload, -1);
      void this.#keep(this.#spooling, payload);
    }
  }

  /** A disk that takes nothing leaves the payload to the memory, as far as that has room. */
  async #keep(spooling: Spooling, payload: Payload): Promise<void> {
    if (await spooling.keep(payload)) this.#pump();
    else this.enqueue(payload);
  }

  #sendNext(): boolean {
    const payload = this.#waiting.shift();
    if (payload !== undefined) {
      void this.#send({ payload, claim: undefined });
      return true;
    }
    const claim = this.#flushes.size > 0 ? undefined : this.#spooling?.next();
    if (claim === undefined) return false;
    void this.#send({ payload: claim.payload, claim });
    return true;
  }

  async #send(flight: Flight): Promise<void> {
    this.#inFlight.add(flight);
    const deadlineMs = performance.now() + this.#options.exportTimeoutMs;
    const onHandedOver: OnHandedOver = (lateAnswer) => {
      flight.handedOverMs = performance.now();
      flight.lateAnswer = lateAnswer;
    };
    const outcome = await context.with(this.#untraced, () =>
      this.#options.transport.send(flight.payload, deadlineMs, onHandedOver),
    );
    // `takeUnsent` has settled it.
    if (!this.#inFlight.delete(flight)) return;
    this.#settle(flight, outcome);
    this.#pump();
  }

  #settle({ payload, claim }: Flight, outcome: Outcome): void {
    const { ledger, log, transport } = this.#options;
    const trouble = `send ${transport.target}`;
    if (claim === undefined && outcome.status !== 'retryable') this.#hold(payload, -1);
    switch (outcome.status) {
      case 'delivered': {
        const { spans: rejected, why } = outcome.rejected ?? { spans: 0, why: '' };
        this.#backoff.succeeded();
        this.#flushFailed = false;
        log.over(trouble, `${transport.target} takes spans again`);
        if (claim !== undefined) this.#spooling?.delivered(claim, rejected);
        else {
          ledger.delivered(payload.spans - rejected);
          ledger.dropped('refused', rejected);
        }
        if (rejected === 0) return;
        log.trouble(
          `reject ${transport.target}`,
          `${transport.target} rejected ${rejected} of ${payload.spans} spans: ${why}; dropped, not retried`,
        );
        return;
      }
      case 'refused':
        if (claim !== undefined) {
          // Where everything is refused, be it by a wrong address, the files are not all set aside in a moment.
          this.#backoff.failed();
          return this.#spooling?.refused(claim, outcome.why);
        }
        ledger.dropped('refused', payload.spans);
        log.trouble(trouble, `${transport.target} ${outcome.why}; dropped, not retried`);
        return;
      case 'retryable':
        if (claim !== undefined) this.#spooling?.release(claim);
        else this.#waiting.unshift(payload);
        this.#backoff.failed(outcome.afterMs);
        this.#sayFailed(trouble, this.failed(outcome.why));
        return;
    }
  }

  #sayFailed(trouble: string, why: string): void {
    const { log, transport } = this.#options;
    // At the end of the process the line that counts the lost says it; where it goes on, the next attempt does.
    if (this.#flushes.size > 0) return;
    const kept = this.#spooling === undefined ? 'kept' : `kept in ${this.#spooling.directory}`;
    log.trouble(trouble, `${transport.target} does not take spans: ${why}; ${kept} and retried`);
  }
}
