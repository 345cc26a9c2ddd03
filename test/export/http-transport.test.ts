import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createHttpTransport } from '../../src/export/http-transport.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { run } from '../support/run.ts';
import { answering, httpTo, reset, speaking } from './servers.ts';
import { closing, inMs, pause, payloadOf, recordLog, sendOne, until } from './support.ts';

test('a payload is POSTed with its type, its length and the configured headers', async (t) => {
  const collector = await startCollector(t);
  const transport = httpTo(t, collector.jaegerUrl, { headers: { authorization: 'Basic abc' } });
  let handedOver = 0;
  const payload = payloadOf(3);
  assert.deepEqual(await transport.send(payload, inMs(5000), () => handedOver++), { status: 'delivered' });
  assert.equal(handedOver, 1);
  assert.equal(collector.spans.length, 3);
  const { method, headers } = (await collector.waitForRequests(1))[0] ?? assert.fail();
  assert.deepEqual(
    [method, headers['content-type'], headers['content-length'], headers.authorization],
    ['POST', payload.contentType, String(payload.body.length), 'Basic abc'],
  );
});

test('a compressed body says that it is, and is smaller', async (t) => {
  const collector = await startCollector(t);
  const payload = payloadOf(50, createOtlpProtobufEncoder());
  assert.deepEqual(await sendOne(httpTo(t, collector.otlpUrl, { gzip: true }), payload), { status: 'delivered' });
  const [request] = collector.requests;
  assert.equal(request?.headers['content-encoding'], 'gzip');
  assert.ok((request?.bytes ?? Infinity) < payload.body.length / 2);
  assert.equal(collector.spans.length, 50);
});

test('a 200 whose body drips is a 200 after 1 s at most, and its connection is given up', async (t) => {
  let gone = 0;
  const url = await speaking(t, (socket) => {
    socket.once('close', () => gone++);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 10);
      socket.once('close', () => clearInterval(drip));
    });
  });
  const transport = httpTo(t, url);
  const began = performance.now();
  assert.deepEqual(await transport.send(payloadOf(1), inMs(30_000)), { status: 'delivered' });
  assert.ok(performance.now() - began < 15_000);
  // no later than the deadline, too
  assert.deepEqual(await transport.send(payloadOf(1), inMs(100)), { status: 'delivered' });
  await until(() => gone === 2);
});

test('a head that drips, and informational answers without end, end at the deadline', async (t) => {
  for (const piece of ['x', 'HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n']) {
    let gone = 0;
    const url = await speaking(t, (socket) => {
      socket.once('close', () => gone++);
      socket.once('data', () => {
        if (piece === 'x') socket.write('HTTP/1.1 200 O');
        const drip = setInterval(() => socket.write(piece), 10);
        socket.once('close', () => clearInterval(drip));
      });
    });
    const outcome = await httpTo(t, url).send(payloadOf(1), inMs(150));
    assert.deepEqual(outcome, { status: 'retryable', why: 'no answer in time' });
    await until(() => gone === 1);
  }
});

test('an answer after informational ones counts', async (t) => {
  const url = await speaking(t, (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n');
      socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n');
    });
  });
  assert.deepEqual(await sendOne(httpTo(t, url)), { status: 'delivered' });
});

test('an answer without end is read up to 64 KiB, and costs the connection', async (t) => {
  let [gone, written] = [0, 0];
  const url = await speaking(t, (socket) => {
    socket.once('close', () => gone++);
    socket.once('data', () => {
      socket.write('HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = (): void => {
        written += 4096;
        if (!socket.destroyed) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`, () => setImmediate(more));
      };
      more();
    });
  });
  assert.match(((await sendOne(httpTo(t, url))) as { why: string }).why, /bytes\): x{200}$/);
  await until(() => gone === 1);
  assert.ok(written < 50_000_000, String(written));
});

test('an answer before the end of the body counts, and a body that nobody reads holds no socket', async (t) => {
  const sockets = new Set<Socket>();
  const url = await speaking(t, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
    });
  });
  const transport = httpTo(t, url);
  const large = { body: new Uint8Array(30_000_000), contentType: 'x', spans: 1 };
  for (let n = 0; n < 10; n++) {
    const outcome = await transport.send(large, inMs(5000));
    assert.deepEqual(outcome, { status: 'refused', why: 'answered 413 to 1 spans (30000000 bytes)' });
  }
  for (const socket of sockets) socket.resume();
  await until(() => sockets.size === 0);
});

test('a connection that is not taken is given up after 1 s, whatever the deadline', async (t) => {
  // A listener whose thread sleeps accepts nobody, and its queue holds two.
  const asleep = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000), 100);
     });`,
    { eval: true },
  );
  t.after(async () => void (await asleep.terminate()));
  const port = await new Promise<number>((resolve) => asleep.once('message', resolve));
  await pause(300);
  const url = `http://127.0.0.1:${port}/`;
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => httpTo(t, url).send(payloadOf(1), inMs(1500))));
  const whys = outcomes.map((outcome) => (outcome as { why: string }).why);
  assert.ok(whys.includes('no connection in time'), whys.join());
  assert.ok(
    whys.every((why) => why === 'no connection in time' || why === 'no answer in time'),
    whys.join(),
  );
});

test('a collector that refuses compressed bodies and takes the same plain gets all plain, and one line says so', async (t) => {
  for (const status of [400, 415]) {
    const encodings: (string | undefined)[] = [];
    const { url } = await answering(t, (request, response) => {
      encodings.push(request.headers['content-encoding']);
      const isPlain = request.headers['content-encoding'] === undefined;
      request.resume().on('end', () => response.writeHead(isPlain ? 202 : status).end());
    });
    const { log, lines } = recordLog();
    const transport = closing(t, createHttpTransport({ url, headers: {}, gzip: true }, log));
    for (let n = 0; n < 3; n++) assert.deepEqual(await sendOne(transport), { status: 'delivered' });
    assert.deepEqual(encodings, ['gzip', undefined, undefined, undefined]);
    assert.deepEqual(lines, [
      `${url} answered ${status} to compressed spans and takes them plain; no more are compressed`,
    ]);
  }
});

test('a payload that is refused in both ways is refused, and the next is compressed again', async (t) => {
  const encodings: (string | undefined)[] = [];
  const { url } = await answering(t, (request, response) => {
    encodings.push(request.headers['content-encoding']);
    request.resume().on('end', () => response.writeHead(encodings.length > 2 ? 202 : 400).end());
  });
  const { log, lines } = recordLog();
  const transport = closing(t, createHttpTransport({ url, headers: {}, gzip: true }, log));
  assert.equal((await sendOne(transport)).status, 'refused');
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
  assert.deepEqual([encodings, lines], [['gzip', undefined, 'gzip'], []]);
});

test('no answer within the deadline is retryable, and the socket is gone; the next payload goes out', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = httpTo(t, collector.jaegerUrl);
  assert.deepEqual(await transport.send(payloadOf(1), inMs(100)), { status: 'retryable', why: 'no answer in time' });
  await pause(50);
  assert.equal(collector.connections.open, 0);
  collector.mode = 'mock';
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
});

test('1000 payloads to a collector that never answers use at most 8 sockets at a time', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = httpTo(t, collector.jaegerUrl);
  const payload = payloadOf(1);
  const outcomes = await Promise.all(Array.from({ length: 1000 }, () => transport.send(payload, inMs(500))));
  assert.ok(outcomes.every(({ status }) => status === 'retryable'));
  assert.ok(collector.connections.peak <= 8, String(collector.connections.peak));
});

test('a payload that waits for a socket ends at its own deadline', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = httpTo(t, collector.jaegerUrl);
  const others = Array.from({ length: 8 }, () => transport.send(payloadOf(1), inMs(60_000)));
  await collector.waitForRequests(8);
  assert.equal((await transport.send(payloadOf(1), inMs(50))).status, 'retryable');
  transport.close();
  for (const outcome of await Promise.all(others)) assert.equal(outcome.status, 'retryable');
});

test('a refused connection, a name without an address and a reset are retryable, with their codes', async (t) => {
  const refused = await sendOne(httpTo(t, `http://127.0.0.1:${await refusedPort()}/`));
  assert.deepEqual(refused, { status: 'retryable', why: 'ECONNREFUSED' });
  const unknown = await sendOne(httpTo(t, 'http://no-such-host.invalid/'));
  assert.equal(unknown.status, 'retryable');
  const { url } = await answering(t, (request) => reset(request.socket));
  assert.deepEqual(await sendOne(httpTo(t, url)), { status: 'retryable', why: 'ECONNRESET' });
});

test('a connection that the collector closed while it was idle costs no attempt', async (t) => {
  let requests = 0;
  const { url } = await answering(t, (request, response) => {
    requests++;
    // The second request, on the first connection, meets its end.
    if (requests === 2) reset(request.socket);
    else request.resume().on('end', () => response.writeHead(202).end());
  });
  const transport = httpTo(t, url);
  const payload = payloadOf(5);
  assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  assert.equal(requests, 3);
});

test('an upgrade nobody asked for, and bytes that are no HTTP, are an outcome', async (t) => {
  for (const answer of [
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    'SSH-2.0\r\n\r\n',
    '',
  ]) {
    const url = await speaking(t, (socket) => void socket.once('data', () => socket.end(answer)));
    const outcome = await sendOne(httpTo(t, url));
    assert.notEqual(outcome.status, 'delivered', answer);
  }
});

test('a header that HTTP does not allow is refused, not thrown', async (t) => {
  const collector = await startCollector(t);
  const outcome = await sendOne(httpTo(t, collector.jaegerUrl, { headers: { 'x-a': 'b\nc' } }));
  assert.deepEqual(outcome, { status: 'refused', why: 'ERR_INVALID_CHAR', elsewhere: true });
});

test('closed in the middle of a send, it ends as retryable', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = httpTo(t, collector.jaegerUrl);
  const sending = sendOne(transport);
  await collector.waitForRequests(1);
  transport.close();
  assert.equal((await sending).status, 'retryable');
});

test('neither an idle connection nor a request without an answer keeps the process alive', async (t) => {
  const collector = await startCollector(t);
  const send = `import { createHttpTransport } from ${JSON.stringify(new URL('../../src/export/http-transport.ts', import.meta.url).href)};
    const { CONTENT: contentType, BODY: body, URLS: urls } = process.env;
    for (const url of urls.split(' ')) {
      const transport = createHttpTransport({ kind: 'http', url, headers: {}, gzip: false });
      const sending = transport.send({ body: Buffer.from(body, 'base64'), contentType, spans: 1 }, performance.now() + 60_000);
      if (url !== process.env.HOLE) { const timer = setInterval(() => {}, 1000); await sending; clearInterval(timer); }
      else setTimeout(() => {}, 300);
    }`;
  const hole = await startCollector(t, { mode: 'hole' });
  const { body, contentType } = payloadOf(1);
  const env = {
    CONTENT: contentType,
    BODY: Buffer.from(body).toString('base64'),
    // Of the two addresses of a name the first may be the wrong one.
    URLS: `${collector.jaegerUrl} ${collector.jaegerUrl.replace('127.0.0.1', 'localhost')} ${hole.jaegerUrl}`,
    HOLE: hole.jaegerUrl,
  };
  const ended = await run({
    node: process.execPath,
    args: ['--input-type=module', '-e', send],
    env,
    timeoutMs: 20_000,
  });
  assert.deepEqual([ended.code, ended.stderr], [0, '']);
  assert.equal(collector.spans.length, 2);
});
