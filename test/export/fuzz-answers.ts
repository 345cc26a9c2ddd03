/** Sends many payloads to a server that answers at random, and counts what comes of it. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome, Transport } from '../../src/export/transport.ts';
import type { Payload } from '../../src/wire/encoder.ts';
import type { Random } from './http-answers.ts';

export interface Speaker {
  /** Gives the socket what is to be answered to; called once for each connection. */
  (socket: Socket, random: Random): void;
}

export interface FuzzOptions {
  readonly count: number;
  readonly random: Random;
  readonly speak: Speaker;
  readonly createTransport: (url: string, random: Random) => Transport;
  /** What a transport may be kept for; 1 makes a new one each time. */
  readonly sendsPerTransport: number;
  readonly concurrency: number;
}

export interface FuzzReport {
  readonly outcomes: Readonly<Record<Outcome['status'], number>>;
  /** Sends that rejected, or came to something that is no outcome. */
  readonly wrong: readonly string[];
  /** The longest that a send went on after its deadline. */
  readonly worstLateMs: number;
  /** Connections that were still open when all transports had been closed. */
  readonly leftOpen: number;
  readonly connections: number;
  readonly whys: ReadonlyMap<string, number>;
}

/** The most that sockets may take to be gone. */
const CLOSE_MS = 10_000;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { count, random, speak, createTransport, sendsPerTransport, concurrency } = options;
  const outcomes = { delivered: 0, refused: 0, retryable: 0 };
  const wrong: string[] = [];
  const whys = new Map<string, number>();
  const open = new Set<Socket>();
  let [connections, worstLateMs, begun] = [0, 0, 0];

  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    speak(socket, random);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function sendOne(transport: Transport): Promise<void> {
    const length = random(20) === 0 ? 1_000_000 : 1 + random(2000);
    const payload: Payload = { body: Buffer.alloc(length, 'x'), contentType: 'a/b', spans: 1 + random(100) };
    const deadlineMs = performance.now() + 20 + random(60);
    const outcome = await transport.send(payload, deadlineMs, () => {});
    worstLateMs = Math.max(worstLateMs, performance.now() - deadlineMs);
    outcomes[outcome.status]++;
    if (outcome.status === 'delivered') {
      const { spans = 1, why = '' } = outcome.rejected ?? {};
      if (!Number.isInteger(spans) || spans < 1 || spans > payload.spans || typeof why !== 'string')
        wrong.push(JSON.stringify(outcome));
      return;
    }
    if (typeof outcome.why !== 'string' || outcome.why === '') wrong.push(JSON.stringify(outcome));
    const kind = outcome.why.replaceAll(/\d+/g, 'n').slice(0, 30);
    whys.set(kind, (whys.get(kind) ?? 0) + 1);
  }

  async function work(): Promise<void> {
    while (begun < count) {
      const transport = createTransport(url, random);
      for (let sent = 0; sent < sendsPerTransport && begun < count; sent++) {
        begun++;
        try {
          await sendOne(transport);
        } catch (error) {
          wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
        }
      }
      transport.close();
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));

  const closedAtMs = performance.now() + CLOSE_MS;
  while (open.size > 0 && performance.now() < closedAtMs) await pause(10);
  const leftOpen = open.size;
  server.close();
  for (const socket of open) socket.destroy();
  return { outcomes, wrong, worstLateMs, leftOpen, connections, whys };
}
