import type { Payload } from '../wire/encoder.ts';
import { targetOf } from './authority.ts';
import { gzip } from './gzip.ts';
import { toOutcome } from './http-answer.ts';
import { HttpClient } from './http-client.ts';
import type { LateReader } from './http-connection.ts';
import { reason } from './reason.ts';
import { isOfHeader } from './request-head.ts';
import {
  type LateAnswer,
  type NetworkTarget,
  type OnHandedOver,
  type Outcome,
  silentLog,
  type Transport,
  type TransportLog,
} from './transport.ts';

/** What one exchange came to. */
interface Exchange {
  readonly outcome: Outcome;
  readonly status: number;
}

/**
 * POSTs payloads to one URL over connections that are kept, Jaeger's collector and OTLP/HTTP alike.
 *
 * Its connections, once they are there, never keep the process alive. After a failure of the network idle ones are closed, so that
 * the next attempt asks for the name's address anew. An answer ends the attempt, however long its body takes.
 * Where a collector refuses a compressed body and takes the same one plain, everything is plain from then on.
 * Redirects are refused: they would send spans where nobody configured it.
 */
export function createHttpTransport(config: NetworkTarget, log: TransportLog = silentLog): Transport {
  const url = new URL(config.url);
  const target = targetOf(config, url);
  const client = new HttpClient(config);
  // what the network says is then said of the proxy
  const proxy = config.proxy !== undefined && url.protocol === 'http:' ? `proxy ${config.proxy.url}: ` : '';
  /** The collector has shown that it does not unzip. */
  let isPlain = !config.gzip;

  async function post(
    payload: Payload,
    isZipped: boolean,
    deadlineMs: number,
    onHandedOver?: OnHandedOver,
  ): Promise<Exchange> {
    const body = isZipped ? await gzip(payload.body) : payload.body;
    const headers = { 'content-type': payload.contentType, ...(isZipped && { 'content-encoding': 'gzip' }) };
    const answer = await client.post(headers, body, {
      deadlineMs,
      onHandedOver: onHandedOver && ((readLate) => onHandedOver(readLate && toLateAnswer(readLate, payload))),
    });
    log.answered?.(answer);
    return { outcome: toOutcome(answer, url, payload), status: answer.statusCode };
  }

  function toLateAnswer(readLate: LateReader, payload: Payload): LateAnswer {
    return (timeoutMs) => {
      const answer = readLate(timeoutMs);
      return answer && toOutcome(answer, url, payload);
    };
  }

  return {
    target,
    async send(payload, deadlineMs, onHandedOver) {
      try {
        if (isPlain) return (await post(payload, false, deadlineMs, onHandedOver)).outcome;
        const zipped = await post(payload, true, deadlineMs, onHandedOver);
        if (zipped.status !== 400 && zipped.status !== 415) return zipped.outcome;
        // Jaeger 1 does not unzip: it takes what it is sent for Thrift that is broken.
        const { outcome } = await post(payload, false, deadlineMs, onHandedOver);
        if (outcome.status === 'delivered' && !isPlain) {
          isPlain = true;
          const why = `answered ${zipped.status} to compressed spans and takes them plain`;
          log.trouble(`gzip ${target}`, `${target} ${why}; no more are compressed`);
        }
        return outcome;
      } catch (error) {
        client.startAfresh();
        const why = reason(error as NodeJS.ErrnoException);
        // no request with such a header will ever be sent
        if (isOfHeader(error)) return { status: 'refused', why, elsewhere: true };
        return { status: 'retryable', why: proxy + why };
      }
    },
    close() {
      client.close();
    },
  };
}
