import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { checkTls } from '../../../src/cli/doctor/check-tls.ts';
import { listen } from '../../export/servers.ts';
import { makeCertificate, type Certificate } from '../../support/certificate.ts';
import { startProxy } from '../../support/proxy.ts';

async function check(t: TestContext, certificate: Certificate, host = '127.0.0.1', more = {}): Promise<string[]> {
  const port = await listen(t, createTlsServer({ key: certificate.key, cert: certificate.cert }));
  const target = { kind: 'http' as const, url: `https://${host}:${port}/`, headers: {}, gzip: false };
  const findings = await checkTls({ ...target, tls: { ca: certificate.cert }, ...more });
  return findings.map(({ check, status, reason, fix = '' }) => `${status} ${check}: ${reason}; ${fix}`);
}

test('a certificate with 100 days to go is ok, one with 10 a warning', async (t) => {
  for (const [days, pattern] of [
    [100, /^ok collector\.tls: 127\.0\.0\.1:\d+ shows a certificate that is valid until/],
    [10, /^warn collector\.tls: .*, in 9 days; have it renewed$/],
  ] as const) {
    const certificate = makeCertificate(t, { days });
    if (certificate === undefined) return;
    assert.match((await check(t, certificate)).join('\n'), pattern);
  }
});

test('behind a proxy it is the certificate at the end of the tunnel', async (t) => {
  const certificate = makeCertificate(t, { days: 100, names: 'DNS:collector.test' });
  if (certificate === undefined) return;
  const port = await listen(t, createTlsServer({ key: certificate.key, cert: certificate.cert }));
  const proxy = await startProxy(t, { hosts: { 'collector.test:443': `127.0.0.1:${port}` } });
  const lines = await check(t, certificate, 'x', { url: 'https://collector.test/', proxy: { url: proxy.url } });
  assert.match(lines[0] ?? '', /^ok collector\.proxy: http:.* opens a tunnel to collector\.test:443/);
  assert.match(lines[1] ?? '', /^ok collector\.tls: collector\.test:443 shows a certificate/);
  assert.equal(lines.length, 2);
});

test('who hangs up before the handshake is told from who speaks no TLS', async (t) => {
  const tryWith = async (answer: string): Promise<string> => {
    const port = await listen(
      t,
      createServer((socket) => socket.on('error', () => {}).end(answer)),
    );
    const [finding] = await checkTls({ kind: 'http', url: `https://127.0.0.1:${port}/`, headers: {}, gzip: false });
    return `${finding?.status} ${finding?.reason}; ${finding?.fix}`;
  };
  assert.match(
    await tryWith(''),
    /^fail (?:the connection ended before the TLS handshake|ECONNRESET|EPIPE) .*; is this a TLS port\?$/,
  );
  assert.match(await tryWith('HTTP/1.1 400 Bad Request\r\n\r\n'), /^fail ERR_SSL_\w+ .*; what answers speaks no TLS/);
});
