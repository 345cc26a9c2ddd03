/** Answers to POSTs as collectors, proxies and the broken give them, for fuzzing. */
import type { Outcome } from '../../src/export/transport.ts';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { mutate } from '../spool/mutate.ts';
import { reset } from './servers.ts';

export type Random = (below: number) => number;

/** What a server does with one request. */
export interface Answer {
  /** For the report. */
  readonly kind: string;
  readonly begins: 'connected' | 'first bytes' | 'whole request';
  readonly pieces: readonly Uint8Array[];
  readonly pauseMs: number;
  readonly ends: 'stay' | 'end' | 'reset';
  /** What it can only come to, where it is well-formed and given in time. */
  readonly expected?: Outcome['status'];
}

const statuses = [
  200, 200, 200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407,
  408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503,
  504, 505, 507, 511, 599,
] as const;
const retryable = new Set<number>([408, 429, 502, 503, 504]);

const headers: readonly string[] = [
  'content-type: application/json',
  'content-type: application/x-protobuf',
  'content-type: text/html',
  'content-type:',
  'content-encoding: gzip',
  'retry-after: 1',
  'retry-after: -1',
  'retry-after: 1e99',
  'retry-after: Fri, 31 Dec 9999 23:59:59 GMT',
  'retry-after: \u00ff',
  'location: http://u:p@elsewhere:1/x?token=S',
  'location: //',
  'location: http://[',
  'location: ',
  'connection: close',
  'connection: keep-alive',
  'connection: upgrade',
  'upgrade: h2c',
  'keep-alive: timeout=0',
  'keep-alive: timeout=1',
  'keep-alive: timeout=-5, max=x',
  'trailer: x',
  'set-cookie: a=b',
  'date: never',
  'x-empty:',
];

const bodies: readonly string[] = [
  '',
  '{}',
  'null',
  '[]',
  '"x"',
  '{"partialSuccess":null}',
  '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}',
  '{"partialSuccess":{"rejectedSpans":-1e99,"errorMessage":{}}}',
  '\x0a\x07\x08\x01\x12\x03old',
  '\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01',
  'Cannot submit Jaeger batch: server busy',
  '<html>',
];

function pick<T>(random: Random, from: readonly T[]): T {
  const item = from[random(from.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function times(count: number, make: () => string): string {
  return Array.from({ length: count }, make).join('');
}

/** Of one header that is there twice Node.js takes the first. */
function isHtml(lines: readonly string[]): boolean {
  return lines.find((line) => line.startsWith('content-type:')) === 'content-type: text/html';
}

/** @param isFit headers that leave the end of the answer where it is */
function someHeaders(random: Random, isFit = false): string[] {
  const lines = Array.from({ length: random(4) }, () => pick(random, headers));
  return isFit ? lines.filter((line) => !/^(?:connection: upgrade|upgrade|trailer)|^x-empty|\u00ff/.test(line)) : lines;
}

function bodyOf(random: Random): string {
  return random(8) === 0 ? 'x'.repeat(random(100_000)) : pick(random, bodies);
}

function chunked(random: Random, body: string): string {
  let rest = body;
  let text = '';
  while (rest !== '') {
    const piece = rest.slice(0, 1 + random(rest.length));
    text += `${piece.length.toString(16)}\r\n${piece}\r\n`;
    rest = rest.slice(piece.length);
  }
  return `${text}0\r\n\r\n`;
}

/** A whole answer as it should be. */
function wellFormed(random: Random): { text: string; expected: Outcome['status']; needsEnd: boolean } {
  const status = pick(random, statuses);
  const lines = someHeaders(random, true);
  const body = status === 204 || status === 304 ? '' : bodyOf(random);
  const way = body === '' ? 0 : random(3);
  if (way === 0) lines.push(`content-length: ${body.length}`);
  if (way === 1) lines.push('transfer-encoding: chunked');
  if (way === 2) lines.push('connection: close');
  const head = `HTTP/1.1 ${status} ${pick(random, ['OK', '', 'No Way'])}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  const isStored = !(status === 500 && body.startsWith('Cannot submit'));
  const expected =
    status < 300 && !isHtml(lines) ? 'delivered' : retryable.has(status) || !isStored ? 'retryable' : 'refused';
  return { text: head + (way === 1 ? chunked(random, body) : body), expected, needsEnd: way === 2 };
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function split(random: Random, whole: Uint8Array): Uint8Array[] {
  const cuts = Array.from({ length: 1 + random(5) }, () => random(whole.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => whole.subarray(from, cuts[index] ?? whole.length));
}

type Draft = Pick<Answer, 'pieces'> & Partial<Answer>;

const kinds: Readonly<Record<string, (random: Random) => Draft>> = {
  'well-formed': (random) => {
    const { text, expected, needsEnd } = wellFormed(random);
    const ends = needsEnd ? 'end' : pick(random, ['stay', 'stay', 'end'] as const);
    return { pieces: [bytes(text)], begins: 'whole request', pauseMs: 0, ends, expected };
  },
  'in pieces': (random) => ({ pieces: split(random, bytes(wellFormed(random).text)) }),
  'cut off': (random) => {
    const whole = bytes(wellFormed(random).text);
    return { pieces: [whole.subarray(0, random(whole.length + 1))] };
  },
  mutated: (random) => ({ pieces: [mutate(bytes(wellFormed(random).text), random)] }),
  'a wrong length': (random) => {
    const length = pick(random, [
      '0',
      '1',
      '5',
      '99999',
      '-1',
      '1e3',
      '0x5',
      '',
      '5, 5',
      '5\r\ncontent-length: 6',
      'x',
    ]);
    const also = pick(random, ['', '', 'transfer-encoding: chunked\r\n', 'transfer-encoding: gzip\r\n']);
    return { pieces: [bytes(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n${also}\r\n${bodyOf(random)}`)] };
  },
  'broken chunks': (random) => {
    const chunk = (): string =>
      pick(random, [
        '5\r\nhello\r\n',
        '5\r\nhel\r\n',
        'ffffffffffffffff\r\n',
        '-1\r\n',
        'zz\r\n',
        '\r\n',
        '5;a=b\r\nhello\r\n',
        `5;${'e'.repeat(random(20_000))}\r\nhello\r\n`,
        '0\r\n',
        '0\r\nx: y\r\n\r\n',
        `0\r\n${times(50, () => 'x: y\r\n')}\r\n`,
      ]);
    return { pieces: [bytes(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${times(1 + random(5), chunk)}`)] };
  },
  informational: (random) => {
    const early = (): string => `HTTP/1.1 ${pick(random, [100, 102, 103, 104, 199])} x\r\nlink: <a>\r\n\r\n`;
    const { text } = wellFormed(random);
    const last = pick(random, [text, text, '', 'HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', early()]);
    return { pieces: [bytes(times(1 + random(20), early)), bytes(last)] };
  },
  upgrade: (random) => {
    const rest = pick(random, ['', 'x', '\0'.repeat(100)]);
    return {
      pieces: [
        bytes(
          `HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: ${pick(random, ['h2c', 'websocket', ''])}\r\n\r\n${rest}`,
        ),
      ],
    };
  },
  'strange headers': (random) => {
    const line = (): string =>
      pick(random, [
        ...headers,
        'x'.repeat(random(70_000)),
        `x: ${'y'.repeat(random(70_000))}`,
        ': y',
        ' folded',
        'x : y',
        'x: \0',
        'x: \x01\x7f\x80\xff',
        'content-length: 3',
        'transfer-encoding: chunked',
      ]);
    const lines = times(
      1 + random(pick(random, [3, 3, 3000])),
      () => `${line()}${pick(random, ['\r\n', '\r\n', '\n'])}`,
    );
    return { pieces: [bytes(`HTTP/1.1 200 OK\r\n${lines}\r\nabc`)] };
  },
  'strange status lines': (random) => {
    const line = pick(random, [
      'HTTP/1.0 200 OK',
      'HTTP/0.9 200 OK',
      'HTTP/2 200',
      'HTTP/9.9 200 OK',
      'HTTP/1.1 000 OK',
      'HTTP/1.1 99 OK',
      'HTTP/1.1 1000 OK',
      'HTTP/1.1 -200 OK',
      'HTTP/1.1 abc',
      'HTTP/1.1',
      'HTTP/1.1  200  OK',
      `HTTP/1.1 200 ${'x'.repeat(random(70_000))}`,
      'ICY 200 OK',
      '200 OK',
      'POST / HTTP/1.1',
    ]);
    return { pieces: [bytes(`${line}\r\ncontent-length: 2\r\n\r\nok`)] };
  },
  noise: (random) => {
    const own = Uint8Array.from({ length: random(3000) }, () => random(256));
    const foreign = [
      'SSH-2.0-x\r\n',
      '\x15\x03\x01\0\x02\x02\x46',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\r\n\r\n',
      '+PONG\r\n',
      '\0',
    ];
    return { pieces: [random(2) === 0 ? own : bytes(pick(random, foreign))] };
  },
  nothing: () => ({ pieces: [] }),
  'answer upon answer': (random) => ({
    pieces: Array.from({ length: 2 + random(3) }, () => bytes(wellFormed(random).text)),
  }),
  'an endless body': (random) => ({
    pieces: [
      bytes(`HTTP/1.1 ${pick(random, statuses)} x\r\ncontent-length: 99999999\r\n\r\n`),
      ...Array.from({ length: 3 }, () => bytes('x'.repeat(random(100_000)))),
    ],
    ends: 'stay',
  }),
};

const names = Object.keys(kinds);

/** Only what is as it should be. */
export function wellFormedAnswer(random: Random): Answer {
  const answer = kinds['well-formed']?.(random);
  if (answer === undefined) throw new Error('no such kind');
  return { kind: 'well-formed', begins: 'whole request', pauseMs: 0, ends: 'stay', ...answer };
}

/** The next answer, by weight of its kind. */
export function randomAnswer(random: Random): Answer {
  const kind = random(4) === 0 ? 'well-formed' : pick(random, names);
  const draft = kinds[kind]?.(random) ?? { pieces: [] };
  return {
    kind,
    begins: pick(random, ['connected', 'first bytes', 'whole request', 'whole request', 'whole request'] as const),
    pauseMs: random(6) === 0 ? random(20) : 0,
    ends: pick(random, ['stay', 'stay', 'end', 'reset'] as const),
    ...draft,
  };
}

/** Serves a connection: each request that comes gets the next answer. */
export function speakHttp(socket: Socket, random: Random, next: (random: Random) => Answer = randomAnswer): void {
  let head = '';
  let bodyLeft = 0;
  let answer = next(random);
  let isBegun = false;
  let given = Promise.resolve();
  const begin = (): void => {
    if (isBegun) return;
    isBegun = true;
    const current = answer;
    given = given.then(() => give(socket, current));
  };
  const finish = (): void => {
    begin();
    answer = next(random);
    isBegun = false;
  };
  const read = (text: string): void => {
    if (text === '') return;
    if (answer.begins !== 'whole request') begin();
    if (bodyLeft > 0) {
      const taken = Math.min(bodyLeft, text.length);
      bodyLeft -= taken;
      if (bodyLeft === 0) finish();
      return read(text.slice(taken));
    }
    head += text;
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const rest = head.slice(end + 4);
    bodyLeft = Number(/^content-length: (\d+)/im.exec(head.slice(0, end))?.[1] ?? 0);
    head = '';
    if (bodyLeft === 0) finish();
    read(rest);
  };
  if (answer.begins === 'connected') begin();
  socket.on('data', (chunk: Buffer) => read(chunk.toString('latin1')));
}

async function give(socket: Socket, { pieces, pauseMs, ends }: Answer): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    if (pauseMs > 0) await pause(pauseMs);
  }
  if (ends === 'end') socket.end();
  if (ends === 'reset') reset(socket);
}
