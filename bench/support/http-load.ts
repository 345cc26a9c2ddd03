/**
 * Keeps requests under way at one server, each connection waiting for its answer before it sends again.
 *
 *   node bench/support/http-load.ts <port> <path> <connections>
 *
 * No HTTP client: it would need more processor time than the server under test. All answers are equally long; the first
 * one tells how long.
 */
import type { Socket } from 'node:net';
import { answer } from '../apps/answer.cjs';
import { ClosedLoop } from './closed-loop.ts';
import { connectAll, fail } from './connect-all.ts';

const [port = '', path = '/', connections = '32'] = process.argv.slice(2);
const request = Buffer.from(
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n`,
);

const loop = new ClosedLoop();

class Connection {
  readonly #socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
  }

  send(): void {
    this.#socket.write(request);
  }

  #take(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#length === 0) this.#length = lengthOf(bytes);
    if (this.#length === 0 || bytes.length < this.#length) {
      this.#pending = bytes;
      return;
    }
    // "HTTP/1.1 200 "
    if (bytes.length > this.#length || bytes[9] !== 0x32)
      fail(new Error(`unexpected answer:\n${bytes.toString('latin1')}`));
    this.#pending = Buffer.alloc(0);
    loop.answered(this);
  }
}

/** @returns bytes of the whole answer; 0 while its head is not there */
function lengthOf(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  if (head === -1) return 0;
  const body = /^content-length: (\d+)/im.exec(bytes.toString('latin1', 0, head))?.[1];
  if (body === undefined) fail(new Error(`an answer without its length:\n${bytes.toString('latin1')}`));
  return head + 4 + Number(body);
}

const sockets = await connectAll(Number(port), Number(connections));
const all = sockets.map((socket) => new Connection(socket));
answer({ run: ({ ms }: { readonly ms: number }) => loop.run(all, 1, ms) });
