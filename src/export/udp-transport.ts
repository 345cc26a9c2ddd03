import type { Socket } from 'node:dgram';
import { loadBuiltin } from '../core/builtin.ts';
import { reason } from './reason.ts';
import type { Outcome, Transport, TransportConfig } from './transport.ts';

/**
 * Sends payloads to a Jaeger agent, one datagram each.
 *
 * UDP does not answer: what the operating system took counts as delivered. `node:dgram` is loaded by the first send;
 * its socket never keeps the process alive.
 */
export function createUdpTransport({ host, port }: TransportConfig & { kind: 'udp' }): Transport {
  let socket: Socket | undefined;

  function open(): Socket {
    const opened = loadBuiltin('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
    opened.unref();
    // An ICMP refusal reaches the socket, not the send; the next datagram may find the agent again.
    opened.on('error', () => {});
    return opened;
  }

  return {
    target: `udp://${host}:${port}`,
    send(payload, _deadlineMs, onHandedOver) {
      return new Promise((resolve) => {
        try {
          socket ??= open();
          socket.send(payload.body, port, host, (error: NodeJS.ErrnoException | null) => {
            if (error !== null) return resolve(toFailure(error));
            onHandedOver?.();
            resolve({ status: 'delivered' });
          });
        } catch (error) {
          resolve({ status: 'refused', why: String(error) });
        }
      });
    },
    close() {
      socket?.close();
      socket = undefined;
    },
  };
}

/** Some systems take smaller datagrams than others; the same one is too large again. */
function toFailure(error: NodeJS.ErrnoException): Outcome {
  return { status: error.code === 'EMSGSIZE' ? 'refused' : 'retryable', why: reason(error) };
}
