import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Endpoint, ExporterChoice, JaegerHttpChoice, OtlpChoice } from '../../src/config/choose-exporters.ts';
import { createLog } from '../../src/core/log.ts';
import * as consoleTree from '../../src/export/console-tree.ts';
import * as spooling from '../../src/export/spooling.ts';
import { type Batching, createChosen } from '../../src/sdk/exporters.ts';
import * as jaegerAgentEncoder from '../../src/wire/jaeger-agent-encoder.ts';
import * as otlpJsonEncoder from '../../src/wire/otlp-json-encoder.ts';
import { listen } from '../export/servers.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { startProxy } from '../support/proxy.ts';
import { namesIn, spoolDirectory } from '../spool/support.ts';
import { refusedPort } from '../support/ports.ts';
import { aSpan } from '../wire/spans.ts';

const parts: Readonly<Record<string, unknown>> = {
  'console-tree': consoleTree,
  'jaeger-agent-encoder': jaegerAgentEncoder,
  'otlp-json-encoder': otlpJsonEncoder,
  spooling,
};

const batching = {
  scheduleDelayMs: 5000,
  maxExportBatchSize: 512,
  maxPayloadBytes: 1 << 20,
  maxQueueBytes: 1 << 26,
  maxQueueSize: Infinity,
  flushTimeoutMs: 1000,
  exportTimeoutMs: 5000,
  spoolDirectory: undefined,
  spoolMaxBytes: 1 << 20,
  spoolMaxAgeMs: 1e9,
  spoolReplayBytes: 1 << 20,
  ready: Promise.resolve(),
};

function create(choices: readonly ExporterChoice[], more: Partial<Batching> = {}) {
  const lines: string[] = [];
  const loaded: string[] = [];
  const log = createLog({ level: 'warn', write: (line) => lines.push(line) });
  const load = (part: string): unknown => {
    loaded.push(part);
    return parts[part];
  };
  const exporters = choices.map((choice) => createChosen(choice, { ...batching, ...more, log }, load));
  return { exporters, loaded, lines };
}

const otlp = (changes: Partial<OtlpChoice>): OtlpChoice => ({
  kind: 'otlp',
  protocol: 'http/protobuf',
  endpoints: to('http://127.0.0.1:1/v1/traces'),
  timeoutMs: 10_000,
  compression: 'none',
  isDefault: false,
  ...changes,
});

const jaeger = (changes: Partial<JaegerHttpChoice>): JaegerHttpChoice => ({
  kind: 'jaeger-http',
  endpoints: to('http://127.0.0.1:1/api/traces'),
  timeoutMs: 10_000,
  compression: 'none',
  ...changes,
});

function to(...urls: string[]): readonly Endpoint[] {
  return urls.map((url) => ({ url, headers: {} }));
}

test('the spool is loaded where its directory is set, and keeps each encoding apart', async (t) => {
  const directory = spoolDirectory(t);
  const endpoints = to(`http://127.0.0.1:${await refusedPort()}/`);
  const { exporters, loaded } = create(
    [
      jaeger({ endpoints }),
      otlp({ endpoints }),
      otlp({ endpoints, protocol: 'grpc' }),
      otlp({ endpoints, protocol: 'http/json' }),
    ],
    { spoolDirectory: directory },
  );
  assert.ok(loaded.includes('spooling'));
  for (const exporter of exporters) {
    exporter.processor.onEnd(aSpan());
    await exporter.flush(performance.now() + 5000);
    assert.deepEqual([exporter.stats()?.spooled, exporter.idle], [1, true]);
  }
  const formats = namesIn(directory).map((name) => name.split('.')[2]);
  const count = (format: string) => formats.filter((one) => one === format).length;
  assert.deepEqual([count('jaeger'), count('otlp-json'), count('otlp-protobuf'), formats.length], [1, 1, 2, 4]);
});

test('a rare choice loads its own encoder, the usual ones are there', () => {
  const loadedBy = (choice: ExporterChoice) => create([choice]).loaded;
  for (const usual of [jaeger({}), otlp({}), otlp({ protocol: 'grpc' })]) assert.deepEqual(loadedBy(usual), []);
  assert.deepEqual(loadedBy({ kind: 'jaeger-agent', host: 'j', port: 6832, protocol: 'binary' }), [
    'jaeger-agent-encoder',
  ]);
  assert.deepEqual(loadedBy(otlp({ protocol: 'http/json' })), ['otlp-json-encoder']);
  assert.deepEqual(loadedBy({ kind: 'otlp-file', path: '/tmp/x' }), ['otlp-json-encoder']);
  assert.deepEqual(loadedBy({ kind: 'console' }), ['console-tree']);
  assert.equal(create([otlp({}), { kind: 'console' }]).exporters.length, 2);
});

async function send(t: TestContext, choiceOf: (collector: Collector) => ExporterChoice) {
  const collector = await startCollector(t);
  const { exporters, lines } = create([choiceOf(collector)]);
  exporters[0]?.processor.onEnd(aSpan());
  await exporters[0]?.flush(performance.now() + 5000);
  assert.equal(collector.spans.length, 1);
  return { headers: collector.requests[0]?.headers, lines };
}

test('Jaeger and OTLP have their headers and their compression', async (t) => {
  const headers = { 'x-team': 'a', authorization: 'Bearer x' };
  for (const choiceOf of [
    ({ jaegerUrl }: Collector) => jaeger({ endpoints: [{ url: jaegerUrl, headers }], compression: 'gzip' }),
    ({ otlpUrl }: Collector) => otlp({ endpoints: [{ url: otlpUrl, headers }], compression: 'gzip' }),
  ]) {
    const sent = await send(t, choiceOf);
    assert.deepEqual(
      [sent.headers?.['x-team'], sent.headers?.authorization, sent.headers?.['content-encoding']],
      ['a', 'Bearer x', 'gzip'],
    );
  }
});

test('where the first of a list is away the next gets the spans, and one line says so', async (t) => {
  const away = `http://127.0.0.1:${await refusedPort()}/api/traces`;
  const { lines } = await send(t, ({ jaegerUrl }) => jaeger({ endpoints: to(away, jaegerUrl) }));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^otel-preload: http:\S+ does not take spans: ECONNREFUSED; they go to http:\S+\n$/);
});

test('a list is one exporter, named by all of its addresses, by HTTP and by gRPC', () => {
  const targetOf = (choice: ExporterChoice) => create([choice]).exporters.map(({ target }) => target);
  assert.deepEqual(targetOf(jaeger({ endpoints: to('http://a/x', 'http://b/x') })), ['http://a/x or http://b/x']);
  const endpoints = [{ url: 'http://localhost', socketPath: '/run/c.sock', headers: {} }, ...to('http://b:4317')];
  assert.deepEqual(targetOf(otlp({ protocol: 'grpc', endpoints })), ['unix:/run/c.sock or http://b:4317']);
});

test('a proxy is what spans go to', async (t) => {
  const proxy = await startProxy(t);
  await send(t, ({ jaegerUrl }) => {
    return jaeger({ endpoints: [{ url: jaegerUrl, proxy: { url: proxy.url }, headers: {} }] });
  });
  assert.equal(proxy.asked.length, 1);
});

test('the certificate is read at the start, and one that cannot be read leaves the spans on their way', async (t) => {
  const certificate = makeCertificate(t);
  if (certificate === undefined) return;
  const server = createServer(certificate, (request, response) => {
    request.resume().on('end', () => response.writeHead(202).end());
  });
  const endpoints = to(`https://127.0.0.1:${await listen(t, server)}/api/traces`);
  const delivered = async (file: string) => {
    const { exporters } = create([jaeger({ endpoints, certificate: file })]);
    exporters[0]?.processor.onEnd(aSpan());
    await exporters[0]?.flush(performance.now() + 5000);
    return exporters[0]?.stats()?.delivered;
  };
  assert.equal(await delivered(certificate.files.cert), 1);
  assert.equal(await delivered('/nowhere/ca.pem'), 0);
  const { lines } = await send(t, ({ otlpUrl }) =>
    otlp({ endpoints: to(otlpUrl), certificate: '/nowhere/ca.pem', clientKey: '/nowhere/key.pem' }),
  );
  // said with the rest of the configuration
  assert.deepEqual(lines, []);
});
