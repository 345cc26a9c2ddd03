import type { Socket } from 'node:net';
import { msUntil } from '../core/deadline.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { addressOf, openSocket, type OpenOptions } from './open-socket.ts';
import { type Head, MAX_READ_BYTES, parseHead } from './parse-answer.ts';
import { proxyHeaders, tlsOf } from './proxy.ts';
import { reason } from './reason.ts';
import { requestHead } from './request-head.ts';
import type { ProxyConfig } from './transport.ts';

/**
 * Asks a proxy for a connection of its own to `authority`, by CONNECT.
 *
 * @param authority `host:port`
 * @returns the connection; like all of ours it does not keep the process alive
 * @throws {Error} that names the proxy
 * @see https://www.rfc-editor.org/rfc/rfc9110#CONNECT
 */
export async function openTunnel(proxy: ProxyConfig, authority: string, options: OpenOptions): Promise<Socket> {
  const url = new URL(proxy.url);
  try {
    const socket = await openSocket(addressOf(url), tlsOf(url), options);
    const head = requestHead('CONNECT', authority, { host: authority, ...proxyHeaders(proxy) });
    socket.write(`${head}\r\n`, 'latin1');
    const { statusCode } = await readHead(socket, options);
    if (statusCode < 300) return socket;
    socket.destroy();
    throw new Error(`answered ${statusCode} to CONNECT ${authority}`);
  } catch (error) {
    // oxlint-disable-next-line preserve-caught-error -- what is said of an error is said of its cause
    throw new Error(`proxy ${url.origin}: ${reason(error as Error)}`);
  }
}

/** What comes behind the head is left to be read. */
function readHead(socket: Socket, { deadlineMs, signal }: OpenOptions): Promise<Head> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('data', read).off('error', fail).off('close', end).pause();
    };
    const fail = (error: Error): void => {
      stop();
      socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(signal?.reason as Error);
    const end = (): void => fail(new Error('the connection ended without an answer'));
    const read = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      try {
        const head = parseHead(received);
        if (head === undefined) {
          if (received.length > MAX_READ_BYTES) throw new Error('the head of the answer has no end');
          return;
        }
        stop();
        if (received.length > head.end) socket.unshift(received.subarray(head.end));
        resolve(head);
      } catch (error) {
        fail(error as Error);
      }
    };
    const timer = setTimeout(() => fail(new Error('no answer in time')), msUntil(deadlineMs)).unref();
    signal?.addEventListener('abort', abort);
    socket.on('data', read).on('error', fail).on('close', end);
  });
}
