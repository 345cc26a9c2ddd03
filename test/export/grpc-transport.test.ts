import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createGrpcTransport } from '../../src/export/grpc-transport.ts';
import type { NetworkTarget, Transport } from '../../src/export/transport.ts';
import type { Payload } from '../../src/wire/encoder.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { tempDir } from '../support/app.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { startProxy } from '../support/proxy.ts';
import { run } from '../support/run.ts';
import { closing, inMs, pause, payloadOf, sendOne } from './support.ts';

const payload = (spans = 2): Payload => payloadOf(spans, createOtlpProtobufEncoder());

function create(t: TestContext, url: string, more: Partial<NetworkTarget> = {}): Transport {
  return closing(t, createGrpcTransport({ url, headers: {}, gzip: false, ...more }));
}

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** Has a server answer as the test says, and ends it after the test. */
async function serve(
  t: TestContext,
  server: Http2Server | Http2SecureServer,
  answer: Answer,
  path?: string,
): Promise<number> {
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => {});
    stream.resume().on('end', () => answer(stream, headers));
  });
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

async function answering(t: TestContext, answer: Answer): Promise<string> {
  return `http://127.0.0.1:${await serve(t, createServer(), answer)}`;
}

/** The answer that has trailers only. */
function trailersOnly(trailers: Record<string, string>) {
  return (stream: ServerHttp2Stream): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true });
  };
}

const ok = trailersOnly({ 'grpc-status': '0' });

for (const gzip of [false, true]) {
  test(`a payload arrives as one gRPC message (gzip ${gzip})`, async (t) => {
    const collector = await startCollector(t, { grpc: true });
    const transport = create(t, collector.grpcUrl, { gzip, headers: { 'x-tenant': 'a' } });
    let handedOver = 0;
    assert.deepEqual(await transport.send(payload(3), inMs(5000), () => handedOver++), { status: 'delivered' });
    assert.equal(handedOver, 1);
    assert.equal(collector.spans.length, 3);
    const headers = collector.requests[0]?.headers ?? {};
    assert.deepEqual(
      [headers['content-type'], headers['te'], headers['x-tenant']],
      ['application/grpc', 'trailers', 'a'],
    );
    assert.match(String(headers['grpc-timeout']), /^\d{1,8}m$/);
  });
}

test('20 payloads one after the other use one connection, and a closed one is opened anew', async (t) => {
  const collector = await startCollector(t, { grpc: true });
  const transport = create(t, collector.grpcUrl);
  for (let n = 0; n < 20; n++) await sendOne(transport, payload());
  assert.equal(collector.connections.opened, 1);
  transport.close();
  assert.deepEqual(await sendOne(transport, payload()), { status: 'delivered' });
  assert.equal(collector.connections.opened, 2);
});

test('a payload of 1 MB is more than the window, and arrives', async (t) => {
  const collector = await startCollector(t, { grpc: true });
  assert.deepEqual(await sendOne(create(t, collector.grpcUrl), payload(10_000)), { status: 'delivered' });
  assert.equal(collector.spans.length, 10_000);
});

test('UNAVAILABLE is retryable, INVALID_ARGUMENT final, UNAUTHENTICATED final for this target', async (t) => {
  for (const [codes, status] of [
    [['1', '4', '8', '10', '11', '14', '15'], { status: 'retryable' }],
    [['2', '3', '5', '6', '9', '13'], { status: 'refused' }],
    [['7', '12', '16'], { status: 'refused', elsewhere: true }],
  ] as const) {
    for (const code of codes) {
      const url = await answering(t, trailersOnly({ 'grpc-status': code, 'grpc-message': 'no%20way' }));
      const outcome = await sendOne(create(t, url), payload());
      assert.deepEqual(outcome, { ...status, why: `answered gRPC status ${code} no way` });
    }
  }
});

test('a message that is not percent-encoded as it should be is quoted as it is', async (t) => {
  const url = await answering(t, trailersOnly({ 'grpc-status': '3', 'grpc-message': '100% wrong' }));
  const outcome = await sendOne(create(t, url), payload());
  assert.deepEqual(outcome, { status: 'refused', why: 'answered gRPC status 3 100% wrong' });
});

test('HTTP 503 of a proxy is retryable, 404 names the mistake', async (t) => {
  for (const [status, wanted] of [
    [503, { status: 'retryable', why: 'answered HTTP 503' }],
    [404, { status: 'refused', why: 'answered HTTP 404 without a gRPC status; is this a gRPC port?', elsewhere: true }],
  ] as const) {
    const url = await answering(t, (stream) => stream.respond({ ':status': status }, { endStream: true }));
    assert.deepEqual(await sendOne(create(t, url), payload()), wanted);
  }
});

test('spans that the collector rejects although it answers OK are counted with its reason', async (t) => {
  const url = await answering(t, (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    const message = Buffer.from([0x0a, 11, 0x08, 1, 0x12, 7, ...Buffer.from('too old')]);
    stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
  });
  assert.deepEqual(await sendOne(create(t, url), payload()), {
    status: 'delivered',
    rejected: { spans: 1, why: 'too old' },
  });
});

test('no answer within the deadline is retryable and gives the session up; the next payload goes out', async (t) => {
  const collector = await startCollector(t, { mode: 'hole', grpc: true });
  const transport = create(t, collector.grpcUrl);
  assert.deepEqual(await transport.send(payload(), inMs(200)), { status: 'retryable', why: 'no answer in time' });
  await pause(50);
  assert.equal(collector.connections.open, 0);
  collector.mode = 'mock';
  assert.deepEqual(await sendOne(transport, payload()), { status: 'delivered' });
});

test('a refused connection, a reset stream and a session that goes away are retryable', async (t) => {
  const refused = await sendOne(create(t, `http://127.0.0.1:${await refusedPort()}`), payload());
  assert.deepEqual(refused, { status: 'retryable', why: 'ECONNREFUSED' });
  const reset = await answering(t, (stream) => stream.close(7));
  assert.equal((await sendOne(create(t, reset), payload())).status, 'retryable');
  const gone = await answering(t, (stream) => stream.session?.destroy());
  assert.equal((await sendOne(create(t, gone), payload())).status, 'retryable');
});

test('a port that speaks HTTP/1 is an outcome', async (t) => {
  const collector = await startCollector(t);
  assert.notEqual((await sendOne(create(t, collector.url), payload())).status, 'delivered');
});

test('a header that HTTP does not allow is refused, not thrown', async (t) => {
  const collector = await startCollector(t, { grpc: true });
  const outcome = await sendOne(create(t, collector.grpcUrl, { headers: { connection: 'keep-alive' } }), payload());
  assert.deepEqual(outcome, { status: 'refused', why: 'ERR_HTTP2_INVALID_CONNECTION_HEADERS', elsewhere: true });
});

test('4 payloads at once use one session, also the first time and after it ended', async (t) => {
  const collector = await startCollector(t, { grpc: true });
  const transport = create(t, collector.grpcUrl);
  for (const opened of [1, 2]) {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => sendOne(transport, payload())));
    for (const outcome of outcomes) assert.deepEqual(outcome, { status: 'delivered' });
    assert.equal(collector.connections.opened, opened);
    transport.close();
  }
});

test('an answer without end is given up', async (t) => {
  let written = 0;
  const url = await answering(t, (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    const more = (): void => {
      written += 16_384;
      if (!stream.destroyed) stream.write(Buffer.alloc(16_384), () => setImmediate(more));
    };
    more();
  });
  assert.equal((await sendOne(create(t, url), payload())).status, 'refused');
  assert.ok(written < 10_000_000, String(written));
});

test('a unix socket in the place of host and port', async (t) => {
  const socketPath = join(tempDir(t), 'collector.sock');
  await serve(t, createServer(), ok, socketPath);
  const transport = create(t, 'http://localhost', { socketPath });
  assert.equal(transport.target, `unix:${socketPath}`);
  assert.deepEqual(await sendOne(transport, payload()), { status: 'delivered' });
  const absent = create(t, 'http://localhost', { socketPath: '/nowhere/collector.sock' });
  assert.deepEqual(await sendOne(absent, payload()), { status: 'retryable', why: 'ENOENT' });
});

test('TLS: the CA is trusted, the client shows its certificate, and renewed files are read after a failure', async (t) => {
  const [old, renewed] = [makeCertificate(t), makeCertificate(t)];
  if (old === undefined || renewed === undefined) return;
  const sessions = new Set<{ destroy(): void }>();
  const server = createSecureServer({ ...old, ca: old.cert, requestCert: true, rejectUnauthorized: true });
  server.on('session', (session) => sessions.add(session));
  const url = `https://127.0.0.1:${await serve(t, server, ok)}`;
  assert.deepEqual(await sendOne(create(t, url), payload()), {
    status: 'retryable',
    why: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  const files = { ca: old.files.cert };
  const transport = create(t, url, { tls: { ca: old.cert, key: old.key, cert: old.cert, files } });
  assert.deepEqual(await sendOne(transport, payload()), { status: 'delivered' });
  server.setSecureContext({ ...renewed, ca: old.cert });
  for (const session of sessions) session.destroy();
  assert.equal((await sendOne(transport, payload())).status, 'retryable');
  writeFileSync(files.ca, renewed.cert);
  assert.equal((await sendOne(transport, payload())).status, 'retryable');
  assert.deepEqual(await sendOne(transport, payload()), { status: 'delivered' });
  const half = create(t, url, { tls: { key: 'half', cert: 'half' } });
  assert.deepEqual(await sendOne(half, payload()), { status: 'retryable', why: 'ERR_OSSL_PEM_NO_START_LINE' });
});

test('a proxy makes a tunnel, with TLS through it and without', async (t) => {
  const certificate = makeCertificate(t);
  if (certificate === undefined) return;
  const plain = await serve(t, createServer(), ok);
  const secure = await serve(t, createSecureServer(certificate), ok);
  const hosts = { 'plain.test:4317': `127.0.0.1:${plain}`, 'localhost:443': `127.0.0.1:${secure}` };
  const { url, asked } = await startProxy(t, { hosts, credentials: 'ada:S3cret' });
  const proxy = { url, authorization: `Basic ${btoa('ada:S3cret')}` };
  for (const target of [
    create(t, 'http://plain.test:4317', { proxy }),
    create(t, 'https://localhost', { proxy, tls: { ca: certificate.cert } }),
  ]) {
    const outcomes = await Promise.all([sendOne(target, payload()), sendOne(target, payload())]);
    assert.deepEqual(outcomes, [{ status: 'delivered' }, { status: 'delivered' }]);
  }
  assert.deepEqual(asked, ['CONNECT plain.test:4317', 'CONNECT localhost:443']);
  const unknown = create(t, 'http://plain.test:4317', { proxy: { url } });
  for (let n = 0; n < 2; n++) {
    const why = `proxy ${url}: answered 407 to CONNECT plain.test:4317`;
    assert.deepEqual(await sendOne(unknown, payload()), { status: 'retryable', why });
  }
});

test('neither an idle session nor a call without an answer keeps the process alive', async (t) => {
  const [collector, hole] = [
    await startCollector(t, { grpc: true }),
    await startCollector(t, { mode: 'hole', grpc: true }),
  ];
  const send = `import { createGrpcTransport } from ${JSON.stringify(new URL('../../src/export/grpc-transport.ts', import.meta.url).href)};
    const body = Buffer.from(process.env.BODY, 'base64');
    const send = (url) => createGrpcTransport({ kind: 'grpc', url, headers: {}, gzip: false }).send({ body, spans: 1 }, performance.now() + 60_000);
    const timer = setInterval(() => {}, 1000);
    for (const url of process.env.URLS.split(' ')) await send(url);
    clearInterval(timer);
    send(process.env.HOLE);
    setTimeout(() => {}, 300);`;
  const env = {
    BODY: Buffer.from(payload(1).body).toString('base64'),
    URLS: `${collector.grpcUrl} ${collector.grpcUrl.replace('127.0.0.1', 'localhost')}`,
    HOLE: hole.grpcUrl,
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
