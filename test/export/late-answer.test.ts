import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { readLateAnswer } from '../../src/export/late-answer.ts';
import { tempDir } from '../support/app.ts';

/** Says these texts after so many milliseconds each, from another thread: this one stands still. `undefined` ends the connection. */
type Script = readonly (readonly [afterMs: number, text: string | undefined])[];

async function connected(t: TestContext, script: Script, path?: string): Promise<Socket> {
  const source = `const { parentPort, workerData: { script, path } } = require('node:worker_threads');
    const server = require('node:net').createServer((socket) => {
      socket.on('error', () => {});
      let atMs = 0;
      for (const [afterMs, text] of script) {
        setTimeout(() => (text === undefined ? socket.destroy() : socket.write(text)), (atMs += afterMs));
      }
    });
    server.listen(path ?? 0, () => parentPort.postMessage(server.address().port ?? path));`;
  const server = new Worker(source, { eval: true, execArgv: [], workerData: { script, path } });
  t.after(async () => void (await server.terminate()));
  const [target] = (await once(server, 'message')) as [number & string];
  const socket = connect(target);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const ok = 'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

const answers: readonly [name: string, script: Script, status: number | undefined, body?: string][] = [
  ['in one piece', [[100, ok]], 202, '{}'],
  [
    'cut anywhere',
    [
      [50, ok.slice(0, 7)],
      [20, ok.slice(7, 40)],
      [20, ok.slice(40, -1)],
      [20, ok.slice(-1)],
    ],
    202,
    '{}',
  ],
  [
    'behind 100 Continue',
    [
      [50, 'HTTP/1.1 100 Continue\r\n\r\n'],
      [20, ok],
    ],
    202,
    '{}',
  ],
  [
    'of HTTP/1.0 up to the end',
    [
      [50, 'HTTP/1.0 503 Busy\r\n\r\nlater'],
      [10, undefined],
    ],
    503,
    'later',
  ],
  ['in chunks', [[50, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n']], 200, '{}'],

  [
    'that breaks off in its body',
    [
      [50, ok.slice(0, -1)],
      [10, undefined],
    ],
    202,
    '{',
  ],
  [
    'that is none',
    [
      [10, 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
      [10, undefined],
    ],
    undefined,
  ],
  [
    'that never ends its head',
    [
      [10, 'HTTP/1.1 200 OK\r\n'],
      [10, undefined],
    ],
    undefined,
  ],
  ['of nobody', [[50, undefined]], undefined],
];

for (const [name, script, status, body] of answers) {
  test(`an answer ${name}`, async (t) => {
    const answer = readLateAnswer(await connected(t, script), 10_000);
    assert.deepEqual([answer?.statusCode, answer?.body.toString()], [status, body]);
  });
}

test('headers are in lower case', async (t) => {
  const answer = readLateAnswer(await connected(t, [[10, ok]]), 10_000);
  assert.deepEqual({ ...answer?.headers }, { 'content-type': 'application/json', 'content-length': '2' });
});

test('who never answers is waited for until the timeout', async (t) => {
  const socket = await connected(t, []);
  const startedMs = performance.now();
  assert.equal(readLateAnswer(socket, 100), undefined);
  assert.ok(performance.now() - startedMs >= 99);
  assert.equal(readLateAnswer(socket, 0), undefined);
});

test('of one whose end does not come in time the status counts', async (t) => {
  const socket = await connected(t, [[50, 'HTTP/1.1 429 Slow Down\r\ncontent-length: 9\r\n\r\nlater']]);
  const answer = readLateAnswer(socket, 500);
  assert.deepEqual([answer?.statusCode, answer?.body.toString()], [429, 'later']);
});

test('an answer without an end is given up', async (t) => {
  assert.equal(readLateAnswer(await connected(t, [[10, 'x'.repeat(100_000)]]), 10_000), undefined);
});

test('a unix socket is read as well', async (t) => {
  assert.equal(readLateAnswer(await connected(t, [[50, ok]], join(tempDir(t), 'socket')), 10_000)?.statusCode, 202);
});

test('TLS and a socket that is gone are not read', async (t) => {
  const socket = await connected(t, [[10, ok]]);
  const secure = connectTls({ socket, rejectUnauthorized: false });
  secure.on('error', () => {});
  assert.equal(readLateAnswer(secure, 10_000), undefined);
  secure.destroy();
  socket.destroy();
  assert.equal(readLateAnswer(socket, 10_000), undefined);
});

test('what had come before is the beginning of the answer', async (t) => {
  const socket = await connected(t, [[50, ok.slice(20)]]);
  assert.equal(readLateAnswer(socket, 10_000, Buffer.from(ok.slice(0, 20)))?.statusCode, 202);
});
