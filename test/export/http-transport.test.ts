import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createHttpTransport } from '../../src/export/http-transport.ts';
import type { Outcome, Transport } from '../../src/export/transport.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { tempDir } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { run } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { closing, inMs, pause, payloadOf, sendOne } from './support.ts';

function create(t: TestContext, url: string, more: object = {}): Transport {
  return closing(t, createHttpTransport({ kind: 'http', url, headers: {}, gzip: false, ...more }));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return portOf(server);
}

/** A server with answers of its own. */
async function answering(t: TestContext, listener: RequestListener): Promise<{ url: string }> {
  const server = createServer(listener);
  await listen(t, server);
  t.after(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${portOf(server)}/api/traces` };
}

test('a payload is POSTed with its type, its length and the configured headers', async (t) => {
  const collector = await startCollector(t);
  const transport = create(t, collector.jaegerUrl, { headers: { authorization: 'Basic abc' } });
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

test('credentials of the address are sent, and are not in its name', async (t) => {
  const collector = await startCollector(t);
  const transport = create(t, collector.jaegerUrl.replace('//', '//user:S3cret@'));
  await sendOne(transport);
  assert.equal(transport.target, collector.jaegerUrl);
  assert.equal(collector.requests[0]?.headers.authorization, `Basic ${btoa('user:S3cret')}`);
});

test('a compressed body says that it is, and is smaller', async (t) => {
  const collector = await startCollector(t);
  const payload = payloadOf(50, createOtlpProtobufEncoder());
  assert.deepEqual(await sendOne(create(t, collector.otlpUrl, { gzip: true }), payload), { status: 'delivered' });
  const [request] = collector.requests;
  assert.equal(request?.headers['content-encoding'], 'gzip');
  assert.ok((request?.bytes ?? Infinity) < payload.body.length / 2);
  assert.equal(collector.spans.length, 50);
});

test('20 payloads one after the other use one connection', async (t) => {
  const collector = await startCollector(t);
  const transport = create(t, collector.jaegerUrl);
  for (let n = 0; n < 20; n++) await sendOne(transport);
  assert.equal(collector.connections.opened, 1);
});

test('400 is final and quotes the collector; 404, 413 and 500 are final too', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume();
    response.writeHead(Number(request.headers['x-status'])).end('Cannot  parse\n');
  });
  const payload = payloadOf(2);
  for (const status of [400, 404, 413, 500]) {
    assert.deepEqual(await sendOne(create(t, url, { headers: { 'x-status': String(status) } }), payload), {
      status: 'refused',
      why: `answered ${status} to 2 spans (${payload.body.length} bytes): Cannot  parse`,
    });
  }
});

test('a web page is no collector, even with status 200', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>');
  });
  assert.deepEqual(await sendOne(create(t, url), payloadOf(2)), {
    status: 'refused',
    why: "answered 200 with a web page to 2 spans; is this a collector's address?",
  });
});

test('an answer in bytes, and all but 200 characters of a long one, is not quoted', async (t) => {
  let answer: Uint8Array = Buffer.from([0x0a, 0xff]);
  const { url } = await answering(
    t,
    (request, response) => void request.resume().on('end', () => response.writeHead(400).end(answer)),
  );
  const why = async () => ((await sendOne(create(t, url))) as { why: string }).why;
  assert.match(await why(), /bytes\)$/);
  answer = Buffer.alloc(1_000_000, 'x');
  assert.match(await why(), /bytes\): x{200}$/);
});

test('408, 429, 502, 503 and 504 are retryable, with the seconds or the date of Retry-After', async (t) => {
  let headers: Record<string, string> = {};
  let status = 503;
  const { url } = await answering(
    t,
    (request, response) => void request.resume().on('end', () => response.writeHead(status, headers).end()),
  );
  const transport = create(t, url);
  const afterMs = async (value?: string): Promise<number | undefined> => {
    headers = value === undefined ? {} : { 'retry-after': value };
    const outcome = await sendOne(transport);
    return outcome.status === 'retryable' ? outcome.afterMs : assert.fail(outcome.status);
  };
  for (status of [408, 429, 502, 503, 504]) assert.equal(await afterMs(), undefined);
  assert.equal(await afterMs('7'), 7000);
  assert.equal(await afterMs('soon'), undefined);
  assert.equal(await afterMs('Wed, 21 Oct 2015 07:28:00 GMT'), 0);
  const inAMinute = (await afterMs(new Date(Date.now() + 60_000).toUTCString())) ?? 0;
  assert.ok(inAMinute > 50_000 && inAMinute <= 60_000);
});

test('a redirect is refused: nothing goes where nobody configured it', async (t) => {
  const elsewhere = await startCollector(t);
  for (const status of [301, 302, 307, 308]) {
    const { url } = await answering(t, (request, response) => {
      request.resume();
      response.writeHead(status, { location: elsewhere.jaegerUrl }).end();
    });
    assert.equal((await sendOne(create(t, url))).status, 'refused');
  }
  assert.equal(elsewhere.requests.length, 0);
});

test('spans that the collector rejects although it answers 200 are counted with its reason', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}');
  });
  assert.deepEqual(await sendOne(create(t, url)), { status: 'delivered', rejected: { spans: 1, why: 'too old' } });
});

test('a 200 whose body breaks off is a 200: the spans were taken', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 20);
    });
  });
  assert.deepEqual(await sendOne(create(t, url)), { status: 'delivered' });
});

test('no answer within the deadline is retryable, and the socket is gone; the next payload goes out', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = create(t, collector.jaegerUrl);
  assert.deepEqual(await transport.send(payloadOf(1), inMs(100)), { status: 'retryable', why: 'no answer in time' });
  await pause(50);
  assert.equal(collector.connections.open, 0);
  collector.mode = 'mock';
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
});

test('1000 payloads to a collector that never answers use at most 8 sockets at a time', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = create(t, collector.jaegerUrl);
  const payload = payloadOf(1);
  const outcomes = await Promise.all(Array.from({ length: 1000 }, () => transport.send(payload, inMs(500))));
  assert.ok(outcomes.every(({ status }) => status === 'retryable'));
  assert.ok(collector.connections.peak <= 8, String(collector.connections.peak));
});

test('a refused connection, a name without an address and a reset are retryable, with their codes', async (t) => {
  const refused = await sendOne(create(t, `http://127.0.0.1:${await refusedPort()}/`));
  assert.deepEqual(refused, { status: 'retryable', why: 'ECONNREFUSED' });
  const unknown = await sendOne(create(t, 'http://no-such-host.invalid/'));
  assert.equal(unknown.status, 'retryable');
  const { url } = await answering(t, (request) => void request.socket.resetAndDestroy());
  assert.deepEqual(await sendOne(create(t, url)), { status: 'retryable', why: 'ECONNRESET' });
});

test('a connection that the collector closed while it was idle costs no attempt', async (t) => {
  let requests = 0;
  const { url } = await answering(t, (request, response) => {
    requests++;
    // The second request, on the first connection, meets its end.
    if (requests === 2) request.socket.resetAndDestroy();
    else request.resume().on('end', () => response.writeHead(202).end());
  });
  const transport = create(t, url);
  const payload = payloadOf(5);
  assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  assert.equal(requests, 3);
});

test('an upgrade nobody asked for, and bytes that are no HTTP, are an outcome', async (t) => {
  const { createServer } = await import('node:net');
  for (const answer of [
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    'SSH-2.0\r\n\r\n',
    '',
  ]) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    const outcome = await sendOne(create(t, `http://127.0.0.1:${await listen(t, server)}/`));
    assert.notEqual(outcome.status, 'delivered', answer);
  }
});

test('a header that HTTP does not allow is refused, not thrown', async (t) => {
  const collector = await startCollector(t);
  const outcome = await sendOne(create(t, collector.jaegerUrl, { headers: { 'x-a': 'b\nc' } }));
  assert.deepEqual(outcome, { status: 'refused', why: 'ERR_INVALID_CHAR' });
});

test('closed in the middle of a send, it ends as retryable', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const transport = create(t, collector.jaegerUrl);
  const sending = sendOne(transport);
  await collector.waitForRequests(1);
  transport.close();
  assert.equal((await sending).status, 'retryable');
});

test('TLS: the configured CA is trusted and the client shows its certificate; without the CA nothing is sent', async (t) => {
  const dir = tempDir(t);
  const files = ['-keyout', join(dir, 'key'), '-out', join(dir, 'cert')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    const flags = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', [...flags, ...files, ...subject], { stdio: 'ignore' });
  } catch (error) {
    return skipOrFail(t, `openssl makes no certificate here (${String(error)})`);
  }
  const [key, cert] = [readFileSync(join(dir, 'key'), 'utf8'), readFileSync(join(dir, 'cert'), 'utf8')];
  let requests = 0;
  const server = createSecureServer({ key, cert, ca: cert, requestCert: true }, (request, response) => {
    requests++;
    request.resume().on('end', () => response.writeHead(202).end());
  });
  const url = `https://127.0.0.1:${await listen(t, server)}/api/traces`;
  assert.deepEqual(await sendOne(create(t, url)), { status: 'retryable', why: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  assert.equal(requests, 0);
  for (let n = 0; n < 2; n++) {
    const outcome: Outcome = await sendOne(create(t, url, { tls: { ca: cert, key, cert } }));
    assert.deepEqual(outcome, { status: 'delivered' });
  }
  server.closeAllConnections();
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
