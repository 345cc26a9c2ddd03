import { msUntil } from '../core/deadline.ts';
import { type OnHandedOver, silentLog, type Transport } from './transport.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** Less than the end of a process waits for all. */
const FIRST_PATIENCE_MS = 400;

interface Target {
  readonly transport: Transport;
  /** 0 where it takes spans. */
  pauseMs: number;
  /** Until then others are preferred. */
  downUntilMs: number;
  /** The most that an attempt takes where others are left to try; Infinity where it has just taken spans. */
  patienceMs: number;
  /** It has been said that its spans go elsewhere. */
  isTold: boolean;
}

interface Failure {
  readonly target: Target;
  readonly why: string;
}

/**
 * Sends each payload to the first target that is in order and, where that fails, to the next one within the same attempt.
 *
 * One that has others in order behind it gets half of the time that is left at most, so that never to answer costs no more;
 * as long as it has not taken any, it gets 400 ms, and twice as much after each failure. A target that failed is passed over
 * for 1 s, then for twice as long after each further failure up to 30 s, with ±20 % jitter, or for as long as it asked; one
 * payload at a time tries it then, and where all others fail it is tried at once. A refusal of the payload is final; one
 * that speaks of the target counts as its failure.
 */
export function createFailoverTransport(transports: readonly Transport[], log = silentLog): Transport {
  const targets = transports.map((transport): Target => {
    return { transport, pauseMs: 0, downUntilMs: 0, patienceMs: FIRST_PATIENCE_MS, isTold: false };
  });
  let isClosed = false;

  function isUp({ downUntilMs }: Target): boolean {
    return downUntilMs <= performance.now();
  }

  function rest(target: Target, askedMs: number): void {
    target.patienceMs = target.patienceMs === Infinity ? FIRST_PATIENCE_MS : target.patienceMs * 2;
    target.pauseMs = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, target.pauseMs * 2));
    const jitteredMs = target.pauseMs * (0.8 + Math.random() * 0.4);
    target.downUntilMs = performance.now() + Math.max(jitteredMs, askedMs);
  }

  function took(target: Target, failures: readonly Failure[]): void {
    target.pauseMs = 0;
    target.downUntilMs = 0;
    target.patienceMs = Infinity;
    if (target.isTold) log.over(`failover ${nameOf(target)}`, `${nameOf(target)} takes spans again`);
    target.isTold = false;
    for (const { target: failed, why } of failures) {
      if (failed.isTold) continue;
      failed.isTold = true;
      const name = nameOf(failed);
      log.trouble(`failover ${name}`, `${name} does not take spans: ${why}; they go to ${nameOf(target)}`);
    }
  }

  return {
    target: targets.map(nameOf).join(' or '),
    async send(payload, deadlineMs, onHandedOver) {
      const up = targets.filter(isUp);
      const order = [...up, ...targets.filter((target) => !up.includes(target))];
      const failures: Failure[] = [];
      let isHandedOver = false;
      const handedOver: OnHandedOver = (lateAnswer) => {
        isHandedOver = true;
        onHandedOver?.(lateAnswer);
      };
      let isFinal = true;
      let afterMs = Infinity;
      for (const [index, target] of order.entries()) {
        const leftMs = msUntil(deadlineMs);
        if (isClosed || (index > 0 && leftMs === 0)) {
          isFinal = false;
          break;
        }
        // Others pass it over while this payload tries it.
        if (target.pauseMs > 0 && isUp(target)) target.downUntilMs = performance.now() + target.pauseMs;
        const { downUntilMs } = target;
        const hasAll = index === up.length - 1 || index === order.length - 1;
        const untilMs = hasAll ? deadlineMs : performance.now() + Math.min(target.patienceMs, leftMs / 2);
        const outcome = await target.transport.send(payload, untilMs, handedOver);
        if (outcome.status === 'delivered' || (outcome.status === 'refused' && outcome.elsewhere !== true)) {
          took(target, failures);
          if (outcome.status === 'delivered') return outcome;
          return { status: 'refused', why: `refuses spans: ${nameOf(target)} ${outcome.why}` };
        }
        const askedMs = outcome.status === 'retryable' ? (outcome.afterMs ?? 0) : 0;
        if (outcome.status === 'retryable') {
          isFinal = false;
          afterMs = Math.min(afterMs, askedMs);
        }
        // What this one was handed arrives nowhere, until the next has it.
        if (isHandedOver) onHandedOver?.(() => undefined);
        // Payloads that fail together are one failure.
        if (target.downUntilMs === downUntilMs) rest(target, askedMs);
        failures.push({ target, why: outcome.why });
      }
      const why = failures.map(({ target, why }) => `${nameOf(target)}: ${why}`).join('; ');
      if (isFinal) return { status: 'refused', why: `refuses spans: ${why}`, elsewhere: true };
      return { status: 'retryable', why: why || 'closed', ...(afterMs > 0 && afterMs < Infinity ? { afterMs } : {}) };
    },
    close() {
      isClosed = true;
      for (const { transport } of targets) transport.close();
    },
  };
}

function nameOf({ transport }: Target): string {
  return transport.target;
}
