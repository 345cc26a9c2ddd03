import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import tls, { createServer as createSecureServer } from 'node:tls';
import { addressOf, openSocket } from '../../src/export/open-socket.ts';
import { makeCertificate } from '../support/certificate.ts';
import { refusedPort } from '../support/ports.ts';
import { listen } from './servers.ts';
import { inMs } from './support.ts';

test('the address of a URL', () => {
  assert.deepEqual(addressOf(new URL('http://a.example/x')), { host: 'a.example', port: 80 });
  assert.deepEqual(addressOf(new URL('https://a.example')), { host: 'a.example', port: 443 });
  assert.deepEqual(addressOf(new URL('http://[::1]:4318')), { host: '::1', port: 4318 });
});

test('a connection is there when it is handed out, whatever has been made of net.connect', async (t) => {
  const port = await listen(
    t,
    createServer((socket) => socket.end('hello')),
  );
  for (const name of ['connect', 'createConnection'] as const) {
    t.mock.method(net, name, () => assert.fail(`net.${name} was called`));
  }
  const socket = await openSocket({ host: '127.0.0.1', port }, undefined, { deadlineMs: inMs(5000) });
  assert.equal(String(await once(socket, 'data')), 'hello');
  socket.destroy();
});

test('TLS, also over a connection that is there', async (t) => {
  const certificate = makeCertificate(t, { names: 'IP:127.0.0.1' });
  if (certificate === undefined) return;
  const port = await listen(
    t,
    createSecureServer(certificate, (socket) => socket.end('hello')),
  );
  const address = { host: '127.0.0.1', port };
  const options = { ca: certificate.cert, host: '127.0.0.1', servername: '' };
  const within = { deadlineMs: inMs(5000) };
  const plain = await openSocket(address, undefined, within);
  for (const to of [address, { socket: plain }]) {
    const socket = await openSocket(to, options, within);
    assert.ok(socket instanceof tls.TLSSocket);
    assert.equal(String(await once(socket, 'data')), 'hello');
    socket.destroy();
  }
  await assert.rejects(openSocket(address, {}, within), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  await assert.rejects(openSocket(address, { key: 'x', cert: 'x' }, within), { code: 'ERR_OSSL_PEM_NO_START_LINE' });
});

test('a refusal, a handshake without an answer, and one that is given up are errors; no connection is left', async (t) => {
  const host = '127.0.0.1';
  const refused = { host, port: await refusedPort() };
  await assert.rejects(openSocket(refused, undefined, { deadlineMs: inMs(5000) }), { code: 'ECONNREFUSED' });
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).resume();
    socket.once('close', () => sockets.delete(socket));
  });
  const address = { host, port: await listen(t, silent) };
  const message = 'no answer in time';
  await assert.rejects(openSocket(address, {}, { deadlineMs: inMs(100) }), { message });
  const closing = new AbortController();
  const opening = openSocket(address, {}, { deadlineMs: inMs(5000), signal: closing.signal });
  await once(silent, 'connection');
  closing.abort(new Error('closed'));
  await assert.rejects(opening, { message: 'closed' });
  await assert.rejects(openSocket(address, {}, { deadlineMs: inMs(5000), signal: closing.signal }), {
    message: 'closed',
  });
  while (sockets.size > 0) await new Promise(setImmediate);
});
