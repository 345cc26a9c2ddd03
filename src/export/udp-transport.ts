import type { Socket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { loadBuiltin } from '../core/builtin.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import { reason } from './reason.ts';
import type { Outcome, Transport, TransportConfig } from './transport.ts';

/** A name leads elsewhere some day, and UDP does not tell. */
const ADDRESS_MS = 30_000;

/**
 * Sends payloads to a Jaeger agent, one datagram each.
 *
 * UDP does not answer: what the operating system took counts as delivered. A name is looked up for 30 s, and anew after a
 * failure; of its addresses the first of IPv4 is taken, where agents listen, else the first.
 * `node:dgram` is loaded by the first send; its socket never keeps the process alive.
 */
export function createUdpTransport({ host, port }: TransportConfig & { kind: 'udp' }): Transport {
  let socket: Socket | undefined;
  let family = 0;
  let address: Promise<LookupAddress> | undefined;
  let lookUpAtMs = 0;

  function addressOfHost(): Promise<LookupAddress> {
    if (address !== undefined && performance.now() < lookUpAtMs) return address;
    const found = lookUp(host);
    address = found;
    lookUpAtMs = performance.now() + ADDRESS_MS;
    return found;
  }

  function open(wanted: number): Socket {
    if (socket !== undefined && family === wanted) return socket;
    socket?.close();
    const opened = loadBuiltin('node:dgram').createSocket(wanted === 6 ? 'udp6' : 'udp4');
    opened.unref();
    // An ICMP refusal reaches the socket, not the send; the next datagram may find the agent again.
    opened.on('error', () => {});
    socket = opened;
    family = wanted;
    return opened;
  }

  return {
    target: `udp://${host}:${port}`,
    async send(payload, deadlineMs, onHandedOver) {
      try {
        const found = await within(addressOfHost(), deadlineMs);
        await new Promise<void>((resolve, reject) => {
          const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
          open(found.family).send(payload.body, port, found.address, done);
        });
        onHandedOver?.();
        return { status: 'delivered' };
      } catch (error) {
        address = undefined;
        return toFailure(error as NodeJS.ErrnoException);
      }
    },
    close() {
      socket?.close();
      socket = undefined;
    },
  };
}

async function lookUp(host: string): Promise<LookupAddress> {
  const { lookup } = loadBuiltin('node:dns');
  const found = await new Promise<LookupAddress[]>((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
  const [first] = found;
  if (first === undefined) throw new Error('no address');
  return found.find(({ family }) => family === 4) ?? first;
}

async function within<T>(promise: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no address in time')), msUntil(deadlineMs)).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Some systems take smaller datagrams than others; the same one is too large again. A port that is none stays none. */
function toFailure(error: NodeJS.ErrnoException): Outcome {
  const why = reason(error);
  return { status: why === 'EMSGSIZE' || why.startsWith('ERR_') ? 'refused' : 'retryable', why };
}
