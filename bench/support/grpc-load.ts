/**
 * Keeps unary calls under way at one gRPC server, as http-load.ts does with HTTP requests.
 *
 *   node bench/support/grpc-load.ts <port> <path> <connections> <calls at a time on each>
 *
 * No gRPC client, it would need as much processor time as the server: frames of HTTP/2 are written as they are, and of those that come back
 * only the ends of streams are looked at. https://www.rfc-editor.org/rfc/rfc9113
 */
import type { Socket } from 'node:net';
import { answer } from '../apps/answer.cjs';
import { ClosedLoop } from './closed-loop.ts';
import { connectAll, fail } from './connect-all.ts';

const [port = '', path = '/', connections = '4', calls = '16'] = process.argv.slice(2);

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const WINDOW = 0x4000_0000;

function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

// A literal header without indexing: a zero, the name and the value, each after its length in 7 bits.
// https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2
function header(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

const headers = Buffer.concat([
  header(':method', 'POST'),
  header(':scheme', 'http'),
  header(':path', path),
  header(':authority', `127.0.0.1:${port}`),
  header('te', 'trailers'),
  header('content-type', 'application/grpc'),
  header('user-agent', 'bench'),
]);
/** HelloRequest { name: "ada" }, after the flag "compressed" and the length. */
const message = Buffer.from([0, 0, 0, 0, 5, 0x0a, 3, 0x61, 0x64, 0x61]);
const call = Buffer.concat([frame(HEADERS, END_HEADERS, 0, headers), frame(DATA, END_STREAM, 0, message)]);
const DATA_AT = 9 + headers.length;

const loop = new ClosedLoop();

class Connection {
  readonly #socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #stream = 1;
  #received = 0;
  /** Messages that came, less streams that ended: an error ends its stream without a message. */
  #unended = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(frame(SETTINGS, 0, 0));
    this.#open(WINDOW - 65_535);
  }

  send(): void {
    const bytes = Buffer.from(call);
    bytes.writeUInt32BE(this.#stream, 5);
    bytes.writeUInt32BE(this.#stream, DATA_AT + 5);
    this.#stream += 2;
    this.#socket.write(bytes);
  }

  /** Lets the server send on. */
  #open(bytes: number): void {
    const more = Buffer.alloc(4);
    more.writeUInt32BE(bytes);
    this.#socket.write(frame(WINDOW_UPDATE, 0, 0, more));
  }

  #take(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    // Answers that came together are answered together.
    this.#socket.cork();
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      this.#onFrame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, bytes.subarray(at + 9, end));
      at = end;
    }
    this.#socket.uncork();
    this.#pending = bytes.subarray(at);
  }

  #onFrame(type: number, flags: number, payload: Buffer): void {
    if (type === SETTINGS && !(flags & ACK)) this.#socket.write(frame(SETTINGS, ACK, 0));
    else if (type === PING && !(flags & ACK)) this.#socket.write(frame(PING, ACK, 0, payload));
    else if (type === GOAWAY || type === RST_STREAM) fail(new Error(`frame ${type}: ${payload.toString('latin1')}`));
    else if (type === DATA) this.#onData(payload.length);
    else if (type === HEADERS && flags & END_STREAM) {
      if (--this.#unended < 0) fail(new Error('a call failed'));
      loop.answered(this);
    }
  }

  #onData(bytes: number): void {
    if (bytes > 0) this.#unended++;
    this.#received += bytes;
    if (this.#received < WINDOW / 2) return;
    this.#open(this.#received);
    this.#received = 0;
  }
}

const sockets = await connectAll(Number(port), Number(connections));
const all = sockets.map((socket) => new Connection(socket));
answer({ run: ({ ms }: { readonly ms: number }) => loop.run(all, Number(calls), ms) });
