import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startViewer, ViewerError } from '../../src/viewer/viewer.ts';
import { tempDir } from '../support/app.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { ask, aViewer, keptLog } from './support.ts';

async function taken(t: Cleanup): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('a port that is taken is an error, and none of the others stays open', async (t) => {
  const port = await taken(t);
  const { log } = keptLog();
  await assert.rejects(
    startViewer({ ports: { page: 0, thrift: 0, otlp: port }, log }),
    (error) =>
      error instanceof ViewerError &&
      error.message === `cannot listen on 127.0.0.1:${port} for OTLP: something listens there already`,
  );
});

test('a port that may be another is the next free one', async (t) => {
  const port = await taken(t);
  const viewer = await aViewer(t, { ports: { page: port, thrift: 0, otlp: 0 }, otherPorts: ['page'] });
  assert.notEqual(Number(new URL(viewer.url).port), port);
  assert.equal((await ask(`${viewer.url}/api/services`)).status, 200);
});

test('it listens on loopback, and nowhere else', async (t) => {
  const viewer = await aViewer(t);
  const { networkInterfaces } = await import('node:os');
  const all = Object.values(networkInterfaces()).flat();
  const other = all.find((one) => one?.family === 'IPv4' && !one.internal);
  if (!other) return t.skip('this machine has no other address');
  const port = new URL(viewer.otlpUrl).port;
  await assert.rejects(ask(`http://${other.address}:${port}/v1/traces`), { code: 'ECONNREFUSED' });
});

test('bound elsewhere, it hands its token out for its address and asks for it from then on', async (t) => {
  const viewer = await aViewer(t, { host: '0.0.0.0' });
  const { origin, port, searchParams } = new URL(viewer.url);
  const base = `http://127.0.0.1:${port}`;
  assert.match(origin, /^http:\/\/0\.0\.0\.0:/);
  assert.equal((await ask(`${base}/api/services`)).status, 401);
  assert.equal((await ask(`${base}/?token=wrong`)).status, 401);
  const handed = await ask(`${base}//evil.example/?token=${searchParams.get('token')}&x=1`);
  assert.deepEqual([handed.status, handed.headers.location], [303, '/evil.example/?x=1']);
  const [cookie = ''] = handed.headers['set-cookie'] ?? [];
  assert.match(cookie, /; HttpOnly; SameSite=Strict; Path=\/$/);
  assert.equal((await ask(`${base}/api/services`, { headers: { cookie: cookie.split(';')[0] ?? '' } })).status, 200);
  // two viewers have two tokens
  const other = await aViewer(t, { host: '0.0.0.0' });
  assert.notEqual(new URL(other.url).searchParams.get('token'), searchParams.get('token'));
});

test('an address that is none is 400, and the viewer goes on', async (t) => {
  const { url } = await aViewer(t);
  const { connect } = await import('node:net');
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part)).on('close', () => resolve(text));
    socket.write('GET http://[ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  });
  assert.match(answer, /^HTTP\/1\.1 40\d /);
  assert.equal((await ask(`${url}/api/services`)).status, 200);
});

test('traces in a database are there at the next start; a database that cannot be used is an error', async (t) => {
  const database = join(tempDir(t), 'traces.db');
  const file = new URL('../fixtures/oracle/jaeger-answer.json', import.meta.url).pathname;
  const options = { ports: { page: 0, thrift: 0, otlp: 0 }, database, log: keptLog().log };
  const first = await startViewer(options);
  const opened = await first.open(file);
  assert.deepEqual([opened.spans, opened.traceIds.length], [7, 2]);
  await assert.rejects(startViewer(options), /another viewer has it open/);
  await first.close();
  const second = await aViewer(t, { database });
  assert.deepEqual([second.counts.traces, second.counts.received], [2, 0]);
  await assert.rejects(
    startViewer({ ...options, database: join(database, 'x') }),
    /cannot use .* as a database: unable to open/,
  );
});

test('close ends it at once, whoever is connected', async () => {
  const viewer = await startViewer({ ports: { page: 0, thrift: 0, otlp: 0 }, log: keptLog().log });
  const stream = fetch(`${viewer.url}/viewer/traces`).then((response) => response.text());
  const ended = assert.rejects(stream);
  await delay(50);
  const startedMs = performance.now();
  await viewer.close();
  await ended;
  assert.ok(performance.now() - startedMs < 1000);
  await assert.rejects(ask(`${viewer.url}/api/services`), { code: 'ECONNREFUSED' });
});
