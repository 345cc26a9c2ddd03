import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { loadBuiltin } from '../core/builtin.ts';
import { msUntil } from '../core/deadline.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { hostOf } from './authority.ts';
import { CONNECT_TIMEOUT_MS } from './transport.ts';

/** Where a connection goes to: a unix socket, a host without the brackets of an IPv6 address, or over a connection that is there. */
export type Address =
  | { readonly path: string }
  | { readonly host: string; readonly port: number }
  | { readonly socket: Socket };

export interface OpenOptions {
  /** On the `performance.now()` clock; an address has {@link CONNECT_TIMEOUT_MS} at most. */
  readonly deadlineMs: number;
  /** Gives the attempt up. */
  readonly signal?: AbortSignal;
}

/** A peer that has gone is asked for after so long without a word. */
const PROBE_MS = 1000;

/** The address that a URL names. */
export function addressOf(url: URL): Address {
  const usual = url.protocol === 'https:' ? 443 : 80;
  return { host: hostOf(url), port: url.port === '' ? usual : Number(url.port) };
}

/**
 * Opens a connection, which does not keep the process alive once it is there. `net.connect`, which an app may have patched, has no
 * part in it.
 *
 * @param tls with which it is TLS
 * @throws what the network says, or that nobody took the connection in time; what TLS says of keys and certificates
 */
export function openSocket(
  address: Address,
  tls: ConnectionOptions | undefined,
  { deadlineMs, signal }: OpenOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket: Socket =
      tls === undefined
        ? new (loadBuiltin('node:net').Socket)().connect(address as { path: string })
        : loadBuiltin('node:tls').connect({ ...tls, ...address });
    let timer: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    // stays there, so that no error is without a listener; what is settled is settled
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(signal?.reason as Error);
    const giveUpIn = (ms: number, why: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(new Error(why)), Math.min(ms, msUntil(deadlineMs))).unref();
    };
    const succeed = (): void => {
      settle();
      resolve(socket);
    };
    const waitForAnswer = (): void => giveUpIn(Infinity, 'no answer in time');

    if ('socket' in address) waitForAnswer();
    else giveUpIn(CONNECT_TIMEOUT_MS, 'no connection in time');
    signal?.addEventListener('abort', abort);
    socket.unref().on('error', fail);
    socket.once('connect', () => {
      // Each address of a name is tried with a handle of its own; the one that was unref'd may be gone.
      socket.unref().setNoDelay(true).setKeepAlive(true, PROBE_MS);
      if (tls === undefined) succeed();
      else waitForAnswer();
    });
    socket.once('secureConnect', succeed);
  });
}
