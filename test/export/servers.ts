/** Servers whose answers are written by the test. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createHttpTransport } from '../../src/export/http-transport.ts';
import type { NetworkTarget, Transport } from '../../src/export/transport.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { closing } from './support.ts';

/** A transport to `url` that closes itself after the test. */
export function httpTo(t: Cleanup, url: string, more: Partial<NetworkTarget> = {}): Transport {
  return closing(t, createHttpTransport({ url, headers: {}, gzip: false, ...more }));
}

/** @returns the port, on 127.0.0.1 */
export async function listen(t: Cleanup, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that answers requests in its own way. */
export async function answering(t: Cleanup, listener: RequestListener): Promise<{ url: string }> {
  return { url: `http://127.0.0.1:${await listen(t, createServer(listener))}/api/traces` };
}

/**
 * Resets a connection. One whose last bytes are on their way cannot be reset any more: Node.js then says EINVAL, never closes the
 * handle, and the process turns for ever in its own end, so that one is only closed.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** A server that has its own way with connections. */
export async function speaking(t: Cleanup, onConnection: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  return `http://127.0.0.1:${await listen(t, server)}/`;
}
