import type { IncomingMessage } from 'node:http';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import type { Payload } from '../wire/encoder.ts';
import { targetOf } from './authority.ts';
import { gzip } from './gzip.ts';
import { readAnswer, toOutcome } from './http-answer.ts';
import { createHttpClient } from './http-client.ts';
import { readLateAnswer } from './late-answer.ts';
import { isTlsSetup, reason } from './reason.ts';
import {
  CONNECT_TIMEOUT_MS,
  type LateAnswer,
  type NetworkTarget,
  type OnHandedOver,
  type Outcome,
  silentLog,
  type Transport,
} from './transport.ts';

/** How long a body may take behind a status that has said all; then its connection is given up. */
const ANSWER_BODY_MS = 1000;

/** What one exchange came to; no `status` where nobody answered. */
interface Exchange {
  readonly outcome: Outcome;
  readonly status?: number;
}

/**
 * POSTs payloads to one URL over keep-alive sockets, Jaeger's collector and OTLP/HTTP alike.
 *
 * Its sockets, once connected, never keep the process alive. After a failure of the network idle ones are closed, so that
 * the next attempt asks for the name's address anew. An answer ends the attempt, however long its body takes.
 * Where a collector refuses a compressed body and takes the same one plain, everything is plain from then on.
 * Redirects are refused: they would send spans where nobody configured it.
 */
export function createHttpTransport(config: NetworkTarget, log = silentLog): Transport {
  const url = new URL(config.url);
  const target = targetOf(config, url);
  const client = createHttpClient(config);
  // what the network says is then said of the proxy
  const proxy = config.proxy !== undefined && url.protocol === 'http:' ? `proxy ${config.proxy.url}: ` : '';
  /** The collector has shown that it does not unzip. */
  let isPlain = !config.gzip;

  /** @returns undefined where the collector had closed the idle socket before the request reached it */
  function post(
    payload: Payload,
    body: Uint8Array,
    isZipped: boolean,
    deadlineMs: number,
    onHandedOver?: OnHandedOver,
  ): Promise<Exchange | undefined> {
    return new Promise((resolve) => {
      const headers = {
        ...config.headers,
        'content-type': payload.contentType,
        'content-length': body.length,
        ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      };
      const sent = client.post(headers, deadlineMs);
      let timer: NodeJS.Timeout | undefined;
      let isOver = false;
      const fail = (error: NodeJS.ErrnoException): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (isStale) return resolve(undefined);
        client.startAfresh();
        resolve({ outcome: { status: 'retryable', why: proxy + reason(error) } });
      };
      const giveUpIn = (ms: number, why: string): void => {
        clearTimeout(timer);
        const giveUp = (): void => {
          const error = new Error(why);
          sent.destroy(error);
          // A request that still waits for a socket does not tell of its end.
          fail(error);
        };
        timer = setTimeout(giveUp, Math.min(ms, msUntil(deadlineMs))).unref();
      };
      giveUpIn(Infinity, 'no answer in time');
      sent.once('socket', (socket) => {
        socket.unref();
        if (!socket.connecting) return;
        giveUpIn(CONNECT_TIMEOUT_MS, 'no connection in time');
        socket.once('connect', () => {
          // Each address of a name is tried with a handle of its own; the one that was unref'd may be gone.
          socket.unref();
          giveUpIn(Infinity, 'no answer in time');
        });
      });
      sent.on('error', fail);
      // An upgrade that nobody asked for ends the request and is neither an answer nor an error.
      sent.once('close', () => fail(new Error('the connection ended without an answer')));
      let answered: IncomingMessage | undefined;
      sent.once('response', (response) => {
        isOver = true;
        answered = response;
        giveUpIn(ANSWER_BODY_MS, 'no end of the answer in time');
        void readAnswer(response).then((answer) => {
          clearTimeout(timer);
          // Who answers before the end of the body may never read the rest, which would hold the socket for good.
          if (!sent.writableFinished) sent.destroy();
          const outcome = toOutcome(response, answer, url, payload);
          resolve({ outcome, status: response.statusCode ?? 0 });
        });
      });
      const lateAnswer: LateAnswer = (timeoutMs) => {
        if (answered !== undefined) return toOutcome(answered, Buffer.alloc(0), url, payload);
        const answer = sent.socket === null ? undefined : readLateAnswer(sent.socket, timeoutMs);
        return answer && toOutcome(answer, answer.body, url, payload);
      };
      sent.once('finish', () => {
        const isSecret = sent.socket !== null && 'encrypted' in sent.socket;
        onHandedOver?.(isSecret ? undefined : lateAnswer);
      });
      sent.end(body);
    });
  }

  async function exchange(
    payload: Payload,
    isZipped: boolean,
    deadlineMs: number,
    onHandedOver?: OnHandedOver,
  ): Promise<Exchange> {
    const body = isZipped ? await gzip(payload.body) : payload.body;
    // Each round uses up one idle socket. https://nodejs.org/api/http.html#requestreusedsocket
    for (;;) {
      const done = await post(payload, body, isZipped, deadlineMs, onHandedOver);
      if (done !== undefined) return done;
    }
  }

  return {
    target,
    async send(payload, deadlineMs, onHandedOver) {
      try {
        if (isPlain) return (await exchange(payload, false, deadlineMs, onHandedOver)).outcome;
        const zipped = await exchange(payload, true, deadlineMs, onHandedOver);
        if (zipped.status !== 400 && zipped.status !== 415) return zipped.outcome;
        // Jaeger 1 does not unzip: it takes what it is sent for Thrift that is broken.
        const { outcome } = await exchange(payload, false, deadlineMs, onHandedOver);
        if (outcome.status === 'delivered' && !isPlain) {
          isPlain = true;
          const why = `answered ${zipped.status} to compressed spans and takes them plain`;
          log.trouble(`gzip ${target}`, `${target} ${why}; no more are compressed`);
        }
        return outcome;
      } catch (error) {
        client.startAfresh();
        const why = reason(error as NodeJS.ErrnoException);
        return isTlsSetup(why) ? { status: 'retryable', why } : { status: 'refused', why, elsewhere: true };
      }
    },
    close() {
      client.close();
    },
  };
}
