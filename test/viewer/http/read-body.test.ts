import assert from 'node:assert/strict';
import { createServer, request, type ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { BodyReader, type Body, type BodyLimits } from '../../../src/viewer/http/read-body.ts';
import type { Cleanup } from '../../support/cleanup.ts';

interface Reading {
  readonly bodies: Body[];
  /** Begins a request; what it is told of is in `bodies` when it has ended. */
  readonly send: (headers: Record<string, string>) => ClientRequest;
  /** Sends a whole body. */
  readonly post: (body: Uint8Array, headers?: Record<string, string>) => Promise<Body>;
}

async function reading(t: Cleanup, limits: BodyLimits): Promise<Reading> {
  const reader = new BodyReader(limits);
  const bodies: Body[] = [];
  const server = createServer((incoming, response) => {
    void reader.read(incoming).then((body) => {
      bodies.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const send = (headers: Record<string, string>): ClientRequest => {
    const asked = request({ port, method: 'POST', headers, agent: false });
    asked.on('error', () => {});
    return asked;
  };
  return {
    bodies,
    send,
    async post(body, headers = {}) {
      const count = bodies.length;
      send(headers).end(body);
      while (bodies.length === count) await delay(2);
      const [last] = bodies.slice(-1);
      assert.ok(last);
      return last;
    },
  };
}

const limits = { maxBytes: 1000, maxTotalBytes: 1500 };
const textOf = (body: Body): string => (body.kind === 'read' ? Buffer.from(body.bytes).toString() : body.kind);
const statusOf = (body: Body): number => (body.kind === 'refused' ? body.status : 0);

test('a body is read as it is, or unpacked', async (t) => {
  const { post } = await reading(t, limits);
  const text = Buffer.from('spans '.repeat(50));
  assert.equal(textOf(await post(text)), text.toString());
  assert.equal(textOf(await post(gzipSync(text), { 'content-encoding': 'gzip' })), text.toString());
  assert.equal(textOf(await post(deflateSync(text), { 'content-encoding': ' Deflate' })), text.toString());
  assert.equal(textOf(await post(Buffer.alloc(0))), '');
});

test('1001 bytes are one too many: as told, as sent, and unpacked', async (t) => {
  const { post, send, bodies } = await reading(t, limits);
  assert.equal(textOf(await post(Buffer.alloc(1000))).length, 1000);
  assert.equal(statusOf(await post(Buffer.alloc(1001))), 413);
  assert.equal(statusOf(await post(gzipSync(Buffer.alloc(1001)), { 'content-encoding': 'gzip' })), 413);
  const chunked = send({ 'transfer-encoding': 'chunked' });
  const count = bodies.length;
  for (let part = 0; part < 20 && bodies.length === count; part++) {
    chunked.write(Buffer.alloc(100));
    await delay(2);
  }
  assert.deepEqual(bodies.slice(count).map(statusOf), [413]);
});

test('what is no gzip is 400, an encoding that is not known is 415', async (t) => {
  const { post } = await reading(t, limits);
  assert.equal(statusOf(await post(Buffer.from('no gzip'), { 'content-encoding': 'gzip' })), 400);
  assert.equal(statusOf(await post(gzipSync('cut').subarray(0, 15), { 'content-encoding': 'gzip' })), 400);
  assert.equal(statusOf(await post(Buffer.from('x'), { 'content-encoding': 'zstd' })), 415);
});

test('all bodies under way have 1500 bytes together; one that ended makes room', async (t) => {
  const { post, send, bodies } = await reading(t, limits);
  const held = send({ 'content-length': '900' });
  held.write(Buffer.alloc(800));
  await delay(20);
  assert.equal(statusOf(await post(Buffer.alloc(900))), 503);
  held.destroy();
  while (!bodies.some(({ kind }) => kind === 'gone')) await delay(2);
  assert.equal((await post(Buffer.alloc(900))).kind, 'read');
});
