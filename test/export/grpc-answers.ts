/** What the other end of an HTTP/2 session may say to gRPC calls, for fuzzing. */
import type { Socket } from 'node:net';
import { mutate } from '../spool/mutate.ts';
import type { Random } from './http-answers.ts';
import { reset } from './servers.ts';

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PUSH_PROMISE = 5;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
const ACK = 1;
const FRAME_HEAD_BYTES = 9;
const PREFACE_BYTES = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;

type Headers = readonly (readonly [string, string])[];

function pick<T>(random: Random, from: readonly T[]): T {
  const item = from[random(from.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** Length (3 bytes), type, flags, stream (4 bytes), then the payload. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK without its tables: 0, then length and text of the name and of the value. */
function hpack(headers: Headers): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value, 'latin1').subarray(0, 126);
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  };
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

function someTrailers(random: Random): Headers {
  const status = pick(random, [
    '0',
    '0',
    '0',
    '0',
    '0',
    '0',
    '0',
    '1',
    '3',
    '4',
    '7',
    '8',
    '12',
    '14',
    '16',
    '99',
    '-1',
    '',
    'x',
    '00',
  ]);
  const message = pick(random, ['', 'no%20way', '100%', '%zz', '\x7f']);
  const all: [string, string][] = [['grpc-status', status]];
  if (random(3) === 0) all.push(['grpc-message', message]);
  if (random(6) === 0) all.push([pick(random, ['Upper', '', ':status', 'connection', 'x\0', 'te']), 'x']);
  return all;
}

function someBody(random: Random): Buffer {
  return pick(random, [
    Buffer.alloc(0),
    Buffer.alloc(5),
    Buffer.from([0, 0, 0, 0, 9, 0x0a, 7, 8, 1, 0x12, 3, 0x6f, 0x6c, 0x64]),
    Buffer.from([1, 0, 0, 0, 2, 0x1f, 0x8b]),
    Buffer.from([0, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([7]),
    Buffer.alloc(random(16_000), 'x'),
  ]);
}

/** The frames that answer one call. */
function answerTo(stream: number, random: Random): Buffer[] {
  const status = pick(random, [...Array<string>(12).fill('200'), '404', '429', '503', '100', '103', '', 'x', '999']);
  const head: Headers = [
    [':status', status],
    ['content-type', pick(random, ['application/grpc', 'text/html', ''])],
  ];
  const data = frame(DATA, 0, stream, someBody(random));
  const end = frame(HEADERS, END_HEADERS | END_STREAM, stream, hpack(someTrailers(random)));
  const whole = [frame(HEADERS, END_HEADERS, stream, hpack(head)), data, end];
  switch (random(22)) {
    case 0:
      return [frame(HEADERS, END_HEADERS | END_STREAM, stream, hpack([...head, ...someTrailers(random)]))];
    case 1:
      return [frame(RST_STREAM, 0, stream, Buffer.of(0, 0, 0, random(16)))];
    case 2:
      return [frame(GOAWAY, 0, 0, Buffer.from([0, 0, 0, random(4), 0, 0, 0, random(16)])), ...whole];
    case 3:
      return whole.slice(0, random(3));
    case 4:
      return [Buffer.from(mutate(Buffer.concat(whole), random))];
    case 5:
      return [frame(random(16), random(256), pick(random, [stream, 0, 2, stream + 2, 99]), Buffer.alloc(random(40)))];
    case 6:
      return [...whole, ...whole];
    case 7:
      return [whole[0] ?? data, ...Array.from({ length: random(20) }, () => data)];
    case 8:
      return [
        frame(HEADERS, 0, stream, hpack(head)),
        frame(CONTINUATION, END_HEADERS, stream, hpack([['a', 'b']])),
        end,
      ];
    case 9:
      return [frame(PUSH_PROMISE, END_HEADERS, stream, Buffer.of(0, 0, 0, 2)), ...whole];
    case 10:
      return [frame(WINDOW_UPDATE, 0, pick(random, [0, stream]), Buffer.of(random(128), 255, 255, 255)), ...whole];
    default:
      return whole;
  }
}

/** Serves a connection: settings, then an answer to each call; or something that is no HTTP/2. */
export function speakGrpc(socket: Socket, random: Random): void {
  const kind = random(20);
  socket.resume();
  if (kind === 0) return void socket.end();
  if (kind === 1) return reset(socket);
  if (kind === 2) return void socket.write(Buffer.from(Array.from({ length: random(300) }, () => random(256))));
  if (kind === 3) return void socket.write('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  if (kind === 4) return;
  const settings = Buffer.from([
    0,
    pick(random, [3, 4, 5, 6, 99]),
    0,
    pick(random, [0, 0, 1]),
    random(256),
    random(256),
  ]);
  socket.write(frame(SETTINGS, 0, 0, random(8) === 0 ? settings : Buffer.alloc(0)));

  let received = Buffer.alloc(0);
  let toSkip = PREFACE_BYTES;
  let openStream = 0;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const skipped = Math.min(toSkip, received.length);
      received = received.subarray(skipped);
      toSkip -= skipped;
      if (toSkip > 0 || received.length < FRAME_HEAD_BYTES) return;
      const [type, flags = 0] = [received[3], received[4]];
      if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0));
      if (type === PING && (flags & ACK) === 0) socket.write(frame(PING, ACK, 0, Buffer.alloc(8)));
      if (type === HEADERS) openStream = received.readUInt32BE(5);
      if (openStream !== 0 && (flags & END_STREAM) !== 0 && (type === HEADERS || type === DATA)) {
        for (const piece of answerTo(openStream, random)) if (!socket.destroyed) socket.write(piece);
        if (random(8) === 0) socket.end();
      }
      toSkip = FRAME_HEAD_BYTES + received.readUIntBE(0, 3);
    }
  });
}
