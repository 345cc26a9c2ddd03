import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { ConnectionPool } from '../../src/export/connection-pool.ts';
import { openSocket } from '../../src/export/open-socket.ts';
import { listen } from './servers.ts';
import { inMs, until } from './support.ts';

const HEAD = 'POST / HTTP/1.1\r\n\r\n';
const body = Buffer.from('x');

async function poolOf(t: TestContext): Promise<{ pool: ConnectionPool; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {}).on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  const port = await listen(t, server);
  const pool = new ConnectionPool((options) => openSocket({ host: '127.0.0.1', port }, undefined, options));
  t.after(() => pool.close());
  return { pool, sockets };
}

test('the connection that has served last serves next', async (t) => {
  const { pool, sockets } = await poolOf(t);
  const both = [await pool.take(inMs(5000)), await pool.take(inMs(5000))];
  for (const connection of both) await connection.send(HEAD, body, { deadlineMs: inMs(5000) });
  assert.equal(await pool.take(inMs(5000)), both[1]);
  assert.equal(await pool.take(inMs(5000)), both[0]);
  assert.equal(sockets.size, 2);
});

test('the ninth waits for one of eight, until its deadline', async (t) => {
  const { pool, sockets } = await poolOf(t);
  const taken = await Promise.all(Array.from({ length: 8 }, () => pool.take(inMs(5000))));
  await assert.rejects(pool.take(inMs(50)), { message: 'no answer in time' });
  const ninth = pool.take(inMs(5000));
  const tenth = pool.take(inMs(5000));
  await taken[3]?.send(HEAD, body, { deadlineMs: inMs(5000) });
  assert.equal(await ninth, taken[3]);
  // one that ends makes room as well
  taken[5]?.destroy();
  assert.ok(!taken.includes(await tenth));
  await until(() => sockets.size === 8);
});

test('idle connections are closed without those that are in use, and all when it is closed', async (t) => {
  const { pool, sockets } = await poolOf(t);
  const [idle, busy] = [await pool.take(inMs(5000)), await pool.take(inMs(5000))];
  await idle.send(HEAD, body, { deadlineMs: inMs(5000) });
  pool.closeIdle();
  await until(() => sockets.size === 1);
  assert.ok(busy.isUsable);
  for (let count = 1; count < 8; count++) await pool.take(inMs(5000));
  const waiting = pool.take(inMs(60_000));
  pool.close();
  await assert.rejects(waiting, { message: 'closed' });
  await assert.rejects(pool.take(inMs(5000)), { message: 'closed' });
  await until(() => sockets.size === 0);
});

test('who waits has its turn where a connection could not be opened', async () => {
  let failed = 0;
  const pool = new ConnectionPool(async () => {
    await new Promise(setImmediate);
    throw new Error(`no ${++failed}`);
  });
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => pool.take(inMs(5000))));
  assert.ok(all.every(({ status }) => status === 'rejected'));
  assert.equal(failed, 20);
});
