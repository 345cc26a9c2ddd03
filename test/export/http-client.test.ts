import assert from 'node:assert/strict';
import dns from 'node:dns';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '../support/app.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { startProxy } from '../support/proxy.ts';
import { run } from '../support/run.ts';
import { httpTo, listen } from './servers.ts';
import { inMs, payloadOf, sendOne, until } from './support.ts';

test('20 payloads one after the other use one connection', async (t) => {
  const collector = await startCollector(t);
  const transport = httpTo(t, collector.jaegerUrl);
  for (let n = 0; n < 20; n++) await sendOne(transport);
  assert.equal(collector.connections.opened, 1);
});

test('nothing leaves before the event loop turns, although a connection is kept', async (t) => {
  const collector = await startCollector(t);
  const transport = httpTo(t, collector.jaegerUrl);
  await sendOne(transport);
  let isHandedOver = false;
  const sending = transport.send(payloadOf(1), inMs(5000), () => (isHandedOver = true));
  for (let ticks = 0; ticks < 100; ticks++) await new Promise<void>((resolve) => process.nextTick(resolve));
  assert.equal(isHandedOver, false);
  assert.deepEqual(await sending, { status: 'delivered' });
  assert.equal(isHandedOver, true);
});

test('a name is looked up anew after a failure: the service has moved', async (t) => {
  const before = await startCollector(t);
  const moved = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(202).end());
  });
  await new Promise<void>((resolve) => moved.listen(before.port, '127.0.0.2', resolve));
  t.after(() => moved.close().closeAllConnections());
  const lookups: string[] = [];
  let address = '127.0.0.1';
  const { lookup } = dns;
  t.mock.method(dns, 'lookup', (name: string, options: dns.LookupOptions, done: never) => {
    lookups.push(name);
    lookup(address, options, done);
  });
  const transport = httpTo(t, `http://jaeger.test:${before.port}/api/traces`);
  for (let n = 0; n < 3; n++) assert.deepEqual(await sendOne(transport), { status: 'delivered' });
  assert.deepEqual(lookups, ['jaeger.test']);
  // Several idle connections to the old place, which falls silent.
  await Promise.all([sendOne(transport), sendOne(transport), sendOne(transport)]);
  before.mode = 'hole';
  address = '127.0.0.2';
  assert.equal((await transport.send(payloadOf(1), inMs(100))).status, 'retryable');
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
  await until(() => before.connections.open === 0);
});

test('a unix socket in the place of host and port, kept open, and called by its path', async (t) => {
  const socketPath = join(tempDir(t), 'collector.sock');
  let connections = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(request.url === '/api/traces' ? 202 : 404).end());
  }).on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  t.after(() => server.close().closeAllConnections());
  const transport = httpTo(t, 'http://localhost/api/traces', { socketPath });
  assert.equal(transport.target, `unix:${socketPath}/api/traces`);
  for (let n = 0; n < 3; n++) assert.deepEqual(await sendOne(transport), { status: 'delivered' });
  assert.equal(connections, 1);
  const absent = httpTo(t, 'http://localhost/', { socketPath: '/nowhere/collector.sock' });
  assert.deepEqual(await sendOne(absent), { status: 'retryable', why: 'ENOENT' });
});

test('TLS: the configured CA is trusted and the client shows its certificate; without the CA nothing is sent', async (t) => {
  const certificate = makeCertificate(t);
  if (certificate === undefined) return;
  const { key, cert } = certificate;
  let requests = 0;
  const server = createSecureServer({ key, cert, ca: cert, requestCert: true }, (request, response) => {
    requests++;
    request.resume().on('end', () => response.writeHead(202).end());
  });
  const url = `https://127.0.0.1:${await listen(t, server)}/api/traces`;
  assert.deepEqual(await sendOne(httpTo(t, url)), { status: 'retryable', why: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  assert.equal(requests, 0);
  const transport = httpTo(t, url, { tls: { ca: cert, key, cert } });
  for (let n = 0; n < 2; n++) assert.deepEqual(await sendOne(transport), { status: 'delivered' });
  // The answer cannot be read past the event loop, so nobody is to wait for it there.
  const handedOver: unknown[][] = [];
  const outcome = await transport.send(payloadOf(1), inMs(5000), (...late) => handedOver.push(late));
  assert.deepEqual([outcome, handedOver], [{ status: 'delivered' }, [[undefined]]]);
});

test('certificates that are renewed on disk are read anew after a failure', async (t) => {
  const [old, renewed] = [makeCertificate(t), makeCertificate(t)];
  if (old === undefined || renewed === undefined) return;
  const server = createSecureServer(old, (request, response) => {
    request.resume().on('end', () => response.writeHead(202).end());
  });
  const url = `https://127.0.0.1:${await listen(t, server)}/`;
  const files = { ca: old.files.cert };
  const transport = httpTo(t, url, { tls: { ca: old.cert, files } });
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
  server.setSecureContext(renewed);
  server.closeAllConnections();
  assert.equal((await sendOne(transport)).status, 'retryable');
  writeFileSync(files.ca, renewed.cert);
  assert.equal((await sendOne(transport)).status, 'retryable');
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
});

test('a certificate that is half written is retryable', async (t) => {
  const url = `https://127.0.0.1:${await refusedPort()}/`;
  const outcome = await sendOne(httpTo(t, url, { tls: { key: 'half', cert: 'half' } }));
  assert.deepEqual(outcome, { status: 'retryable', why: 'ERR_OSSL_PEM_NO_START_LINE' });
});

test('a proxy is given the whole URL of a plain target, and makes a tunnel to one with TLS', async (t) => {
  const certificate = makeCertificate(t);
  if (certificate === undefined) return;
  const seen: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(request.headers.host);
    request.resume().on('end', () => response.writeHead(202).end());
  };
  const plain = await listen(t, createServer(listener));
  const secure = await listen(t, createSecureServer(certificate, listener));
  const hosts = { 'jaeger.test': `127.0.0.1:${plain}`, 'localhost:443': `127.0.0.1:${secure}` };
  for (const tls of [{}, { certificate }]) {
    const proxy = await startProxy(t, { hosts, credentials: 'ada:S3cret', ...tls });
    // Whom a proxy with TLS shows its certificate to trusts what the process trusts.
    const script = `import { createHttpTransport } from ${JSON.stringify(new URL('../../src/export/http-transport.ts', import.meta.url).href)};
      const { PROXY: url, AUTHORIZATION: authorization, CA: ca } = process.env;
      const timer = setInterval(() => {}, 1000);
      const targets = ['http://jaeger.test/api/traces?a=b', 'https://localhost/api/traces'].map((url_) =>
        createHttpTransport({ url: url_, headers: {}, gzip: false, tls: { ca }, proxy: { url, authorization } }));
      for (const target of [...targets, ...targets]) {
        const { status, why } = await target.send({ body: Buffer.from('x'), contentType: 'x', spans: 1 }, performance.now() + 5000);
        console.log(target.target, status, why ?? '');
      }
      // tunnels that are kept are not in the way
      clearInterval(timer);`;
    const { stdout, stderr } = await run({
      node: process.execPath,
      args: ['--input-type=module', '-e', script],
      env: {
        PROXY: proxy.url,
        AUTHORIZATION: `Basic ${btoa('ada:S3cret')}`,
        CA: certificate.cert,
        NODE_EXTRA_CA_CERTS: certificate.files.cert,
      },
      timeoutMs: 20_000,
    });
    const lines = ['http://jaeger.test/api/traces delivered', 'https://localhost/api/traces delivered'];
    assert.deepEqual([stdout.split(/ *\n/), stderr], [[...lines, ...lines, ''], '']);
    const whole = 'POST http://jaeger.test/api/traces?a=b';
    assert.deepEqual(proxy.asked, [whole, 'CONNECT localhost:443', whole]);
    assert.deepEqual(seen.splice(0), ['jaeger.test', 'localhost', 'jaeger.test', 'localhost']);
  }
});

test('what goes wrong at a proxy is said of the proxy', async (t) => {
  const proxy = await startProxy(t, { credentials: 'ada:S3cret' });
  const hole = await startProxy(t, { isHole: true });
  const absent = `http://127.0.0.1:${await refusedPort()}`;
  const why = async (target: string, url: string) => {
    const outcome = await httpTo(t, target, { proxy: { url } }).send(payloadOf(1), inMs(200));
    return outcome.status === 'delivered' ? 'delivered' : `${outcome.status}: ${outcome.why}`;
  };
  const [plain, secure] = ['http://jaeger.test/', 'https://jaeger.test/'];
  assert.equal(await why(plain, absent), `retryable: proxy ${absent}: ECONNREFUSED`);
  assert.equal(await why(secure, absent), `retryable: proxy ${absent}: ECONNREFUSED`);
  assert.match(await why(plain, proxy.url), /^refused: answered 407 to 1 spans/);
  const asked = `proxy ${proxy.url}: answered 407 to CONNECT jaeger.test:443`;
  assert.equal(await why(secure, proxy.url), `retryable: ${asked}`);
  assert.match(await why(secure, hole.url), /^retryable: (?:proxy http:\S+: )?no answer in time$/);
});
