import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { HttpConnection, type LateReader } from '../../src/export/http-connection.ts';
import { openSocket } from '../../src/export/open-socket.ts';
import { listen, reset } from './servers.ts';
import { inMs, until } from './support.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const HEAD = 'POST / HTTP/1.1\r\n\r\n';
const body = Buffer.from('body');

interface Opened {
  readonly connection: HttpConnection;
  readonly events: string[];
  readonly heard: string[];
}

/** @param say what a server does with each piece that it hears */
async function open(t: TestContext, say: (socket: Socket, count: number) => void): Promise<Opened> {
  const [events, heard]: [string[], string[]] = [[], []];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => say(socket, heard.push(String(chunk))));
  });
  const port = await listen(t, server);
  const socket = await openSocket({ host: '127.0.0.1', port }, undefined, { deadlineMs: inMs(5000) });
  t.after(() => socket.destroy());
  const connection = new HttpConnection(
    socket,
    () => events.push('idle'),
    () => events.push('gone'),
  );
  return { connection, events, heard };
}

const send = (connection: HttpConnection, ms = 5000): ReturnType<HttpConnection['send']> =>
  connection.send(HEAD, body, { deadlineMs: inMs(ms) });

test('requests one after the other, each with its answer', async (t) => {
  const { connection, events, heard } = await open(t, (socket, count) =>
    socket.write(OK.replace('ok', String(10 + count))),
  );
  for (const answer of ['11', '12', '13']) {
    assert.ok(connection.isUsable);
    assert.equal(String((await send(connection)).body), answer);
  }
  assert.deepEqual(events, ['idle', 'idle', 'idle']);
  assert.deepEqual(heard, Array(3).fill('POST / HTTP/1.1\r\n\r\nbody'));
  connection.destroy();
  await until(() => events.at(-1) === 'gone');
  assert.ok(!connection.isUsable);
});

test('who says when it closes is not asked again shortly before', async (t) => {
  for (const [seconds, isUsable] of [
    [1, false],
    [60, true],
  ] as const) {
    const { connection } = await open(t, (socket) =>
      socket.write(OK.replace('\r\n', `\r\nKeep-Alive: timeout=${seconds}, max=5\r\n`)),
    );
    await send(connection);
    assert.equal(connection.isUsable, isUsable);
  }
});

test('after an answer that is the last one, or with more behind it, the connection is gone', async (t) => {
  for (const answer of [
    OK.replace('\r\n', '\r\nconnection: close\r\n'),
    `${OK}HTTP/1.1`,
    'HTTP/1.1 200 OK\r\n\r\nok',
  ]) {
    const { connection, events } = await open(t, (socket) => socket.end(answer));
    assert.match(String((await send(connection)).body), /^ok/);
    await until(() => events.length > 0);
    assert.deepEqual(events, ['gone']);
  }
});

test('who speaks without having been asked is hung up on', async (t) => {
  const { connection, events } = await open(t, (socket) => {
    socket.write(OK);
    setTimeout(() => socket.write(OK), 20);
  });
  await send(connection);
  await until(() => events.at(-1) === 'gone');
  assert.deepEqual(events, ['idle', 'gone']);
});

test('a used connection that ends before it answers is stale; a new one, or one that has begun to answer, is not', async (t) => {
  const ends: readonly (readonly [(socket: Socket) => void, string])[] = [
    [(socket) => socket.end(), 'the connection ended without an answer'],
    [reset, 'ECONNRESET'],
  ];
  for (const [end, why] of ends) {
    const said = (error: NodeJS.ErrnoException): boolean => (error.code ?? error.message) === why;
    const fresh = await open(t, end);
    await assert.rejects(send(fresh.connection), said);
    assert.ok(!fresh.connection.isStale);
    const used = await open(t, (socket, count) => void (count === 1 ? socket.write(OK) : end(socket)));
    await send(used.connection);
    await assert.rejects(send(used.connection), said);
    assert.ok(used.connection.isStale);
  }
  const begun = await open(t, (socket, count) => void (count === 1 ? socket.write(OK) : socket.end('HTTP/1.1 2')));
  await send(begun.connection);
  await assert.rejects(send(begun.connection), { message: 'the connection ended without an answer' });
  assert.ok(!begun.connection.isStale);
});

test('no answer in time is an error and not stale, and what is no HTTP is one at once', async (t) => {
  const silent = await open(t, (socket, count) => void (count === 1 && socket.write(OK)));
  await send(silent.connection);
  await assert.rejects(send(silent.connection, 50), { message: 'no answer in time' });
  assert.ok(!silent.connection.isStale);
  const other = await open(t, (socket) => socket.write('SSH-2.0'));
  await assert.rejects(send(other.connection), { message: 'the answer is not HTTP/1' });
  const endless = await open(t, (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`));
  await assert.rejects(send(endless.connection), { message: 'the head of the answer has no end' });
});

test('a body that is late, too long or breaks off leaves the answer as it is, and costs the connection', async (t) => {
  const head = 'HTTP/1.1 429 Slow\r\ncontent-length: 1000000\r\n\r\n';
  for (const say of [
    (socket: Socket) => socket.write(`${head}x`),
    (socket: Socket) => socket.write(`${head}${'x'.repeat(100_000)}`),
    (socket: Socket) => socket.end(`${head}x`),
  ]) {
    const { connection, events } = await open(t, say);
    const {
      statusCode,
      body: [first],
    } = await send(connection, 60_000);
    assert.deepEqual([statusCode, first], [429, 'x'.charCodeAt(0)]);
    await until(() => events.length > 0);
    assert.deepEqual(events, ['gone']);
  }
});

test('what has been handed over can be waited for past the event loop, with what had come of its answer before', async (t) => {
  const { connection } = await open(t, (socket) => socket.write('HTTP/1.1 202 Accepted\r\ncontent-le'));
  let readLate: LateReader | undefined;
  const onHandedOver = (late: LateReader | undefined): void => void (readLate = late);
  const sending = connection.send(HEAD, body, { deadlineMs: inMs(200), onHandedOver });
  await until(() => readLate !== undefined);
  assert.equal(readLate?.(0), undefined);
  await assert.rejects(sending, { message: 'no answer in time' });
  const whole = await open(t, (socket) => socket.write(OK));
  await whole.connection.send(HEAD, body, { deadlineMs: inMs(5000), onHandedOver });
  assert.equal(readLate?.(0)?.statusCode, 200);
});
