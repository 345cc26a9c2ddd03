import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { openTunnel } from '../../src/export/proxy-tunnel.ts';
import { refusedPort } from '../support/ports.ts';
import { startProxy } from '../support/proxy.ts';
import { listen, reset, speaking } from './servers.ts';
import { inMs } from './support.ts';

test('what goes through a tunnel comes out at its other end, and back', async (t) => {
  const port = await listen(
    t,
    createServer((socket) => socket.on('data', (data) => socket.end(`got ${String(data)}`))),
  );
  const proxy = await startProxy(t, { credentials: 'ada:S3cret' });
  const authorization = `Basic ${btoa('ada:S3cret')}`;
  const socket = await openTunnel({ url: proxy.url, authorization }, `127.0.0.1:${port}`, { deadlineMs: inMs(5000) });
  socket.write('hello');
  assert.equal(String((await socket.toArray())[0]), 'got hello');
  assert.deepEqual(proxy.asked, [`CONNECT 127.0.0.1:${port}`]);
});

test('what the target says together with the answer of the proxy is not lost', async (t) => {
  const url = await speaking(t, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nfirst words')),
  );
  const socket = await openTunnel({ url }, 'h:1', { deadlineMs: inMs(5000) });
  assert.equal(Buffer.concat(await socket.toArray()).toString(), 'first words');
});

test('a proxy that refuses, is absent, hangs up, is silent or speaks something else is named', async (t) => {
  const answers: readonly (readonly [string | undefined, string])[] = [
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'answered 403 to CONNECT h:1'],
    ['HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n', 'answered 302 to CONNECT h:1'],
    ['', 'ECONNRESET'],
    [undefined, 'no answer in time'],
    ['SSH-2.0\r\n', 'the answer is not HTTP/1'],
  ];
  for (const [answer, why] of answers) {
    const gone: boolean[] = [];
    const url = await speaking(t, (socket) => {
      socket.once('close', () => gone.push(true));
      socket.once('data', () => {
        if (answer === '') reset(socket);
        else if (answer !== undefined) socket.write(answer);
      });
    });
    const message = `proxy ${new URL(url).origin}: ${why}`;
    await assert.rejects(openTunnel({ url }, 'h:1', { deadlineMs: inMs(100) }), { message });
    while (gone.length === 0) await new Promise(setImmediate);
  }
  const url = `http://127.0.0.1:${await refusedPort()}`;
  await assert.rejects(openTunnel({ url }, 'h:1', { deadlineMs: inMs(100) }), {
    message: `proxy ${url}: ECONNREFUSED`,
  });
});
