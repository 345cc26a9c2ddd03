import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { loadBuiltin } from '../core/builtin.ts';
import { createClientRequest } from '../core/client-request.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import { serverNameOf } from './authority.ts';
import { reason } from './reason.ts';
import { CONNECT_TIMEOUT_MS, type ProxyConfig } from './transport.ts';

/**
 * Asks a proxy for a connection of its own to `authority`, by CONNECT.
 *
 * @param authority `host:port`
 * @param deadlineMs on the `performance.now()` clock
 * @returns the connection; like all of ours it does not keep the process alive
 * @throws {Error} that names the proxy
 * @see https://www.rfc-editor.org/rfc/rfc9110#CONNECT
 */
export function openTunnel(proxy: ProxyConfig, authority: string, deadlineMs: number): Promise<Duplex> {
  const url = new URL(proxy.url);
  const http = loadBuiltin(url.protocol === 'https:' ? 'node:https' : 'node:http') as typeof import('node:https');
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`proxy ${url.origin}: ${why}`));
    const asked = createClientRequest(url, {
      method: 'CONNECT',
      path: authority,
      agent: new http.Agent(),
      // it would be the name in the header
      servername: serverNameOf(url),
      headers: {
        host: authority,
        ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
      },
    });
    let timer: NodeJS.Timeout | undefined;
    const giveUpIn = (ms: number, why: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => asked.destroy(new Error(why)), Math.min(ms, msUntil(deadlineMs))).unref();
    };
    giveUpIn(CONNECT_TIMEOUT_MS, 'no connection in time');
    asked.once('socket', (socket: Socket) => {
      socket.unref();
      socket.once('connect', () => {
        socket.unref();
        giveUpIn(Infinity, 'no answer in time');
      });
    });
    asked.on('error', (error) => fail(reason(error)));
    asked.once('close', () => {
      clearTimeout(timer);
      fail('the connection ended without an answer');
    });
    asked.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Duplex, head: Buffer) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode >= 300) {
        socket.destroy();
        return fail(`answered ${statusCode} to CONNECT ${authority}`);
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.end();
  });
}
