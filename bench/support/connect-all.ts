import { connect, type Socket } from 'node:net';

/** Opens connections to a port of this machine; a load generator whose connections break ends. */
export async function connectAll(port: number, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  for (const socket of sockets) {
    socket.on('error', fail).on('close', () => fail(new Error('the server ended a connection')));
  }
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  return sockets;
}

export function fail(error: Error): never {
  process.stderr.write(`load: ${error.message}\n`);
  process.exit(1);
}
