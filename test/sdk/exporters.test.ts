import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { ExporterChoice, OtlpChoice } from '../../src/config/choose-exporters.ts';
import { createLog } from '../../src/core/log.ts';
import * as consoleTree from '../../src/export/console-tree.ts';
import * as spooling from '../../src/export/spooling.ts';
import { type Batching, createExporters } from '../../src/sdk/exporters.ts';
import * as jaegerAgentEncoder from '../../src/wire/jaeger-agent-encoder.ts';
import * as jaegerEncoder from '../../src/wire/jaeger-encoder.ts';
import * as otlpJsonEncoder from '../../src/wire/otlp-json-encoder.ts';
import * as otlpProtobufEncoder from '../../src/wire/otlp-protobuf-encoder.ts';
import { startCollector } from '../support/collector.ts';
import { namesIn, spoolDirectory } from '../spool/support.ts';
import { refusedPort } from '../support/ports.ts';
import { aSpan } from '../wire/spans.ts';

const parts: Readonly<Record<string, unknown>> = {
  'console-tree': consoleTree,
  'jaeger-agent-encoder': jaegerAgentEncoder,
  'jaeger-encoder': jaegerEncoder,
  'otlp-json-encoder': otlpJsonEncoder,
  'otlp-protobuf-encoder': otlpProtobufEncoder,
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
  const exporters = createExporters(choices, { ...batching, ...more }, log, (part) => {
    loaded.push(part);
    return parts[part];
  });
  return { exporters, loaded, lines };
}

const otlp = (changes: Partial<OtlpChoice>): OtlpChoice => ({
  kind: 'otlp',
  protocol: 'http/protobuf',
  url: 'http://127.0.0.1:1/v1/traces',
  headers: {},
  timeoutMs: 10_000,
  compression: 'none',
  insecure: true,
  isDefault: false,
  ...changes,
});

test('the spool is loaded where its directory is set, and keeps each encoding apart', async (t) => {
  const directory = spoolDirectory(t);
  const url = `http://127.0.0.1:${await refusedPort()}/`;
  const { exporters, loaded } = create(
    [
      { kind: 'jaeger-http', url, timeoutMs: 5000 },
      otlp({ url }),
      otlp({ url, protocol: 'grpc' }),
      otlp({ url, protocol: 'http/json' }),
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

test('each choice loads its own encoder and no other', () => {
  const loadedBy = (choice: ExporterChoice) => create([choice]).loaded;
  assert.deepEqual(loadedBy({ kind: 'jaeger-http', url: 'http://j/', timeoutMs: 1 }), ['jaeger-encoder']);
  assert.deepEqual(loadedBy({ kind: 'jaeger-agent', host: 'j', port: 6832, protocol: 'binary' }), [
    'jaeger-agent-encoder',
  ]);
  assert.deepEqual(loadedBy(otlp({})), ['otlp-protobuf-encoder']);
  assert.deepEqual(loadedBy(otlp({ protocol: 'grpc' })), ['otlp-protobuf-encoder']);
  assert.deepEqual(loadedBy(otlp({ protocol: 'http/json' })), ['otlp-json-encoder']);
  assert.deepEqual(loadedBy({ kind: 'console' }), ['console-tree']);
  assert.equal(create([otlp({}), { kind: 'console' }]).exporters.length, 2);
});

test('a gRPC endpoint without a scheme has TLS unless it is insecure', () => {
  const targets = [true, false].map((insecure) => {
    return create([otlp({ protocol: 'grpc', url: 'collector:4317', insecure })]).exporters[0]?.target;
  });
  assert.match(targets[0] ?? '', /^http:\/\/collector:4317/);
  assert.match(targets[1] ?? '', /^https:\/\/collector:4317/);
});

async function send(t: TestContext, choiceOf: (urls: { jaegerUrl: string; otlpUrl: string }) => ExporterChoice) {
  const collector = await startCollector(t);
  const { exporters, lines } = create([choiceOf(collector)]);
  exporters[0]?.processor.onEnd(aSpan());
  await exporters[0]?.flush(performance.now() + 5000);
  assert.equal(collector.spans.length, 1);
  return { headers: collector.requests[0]?.headers, lines };
}

test("Jaeger's user and password are basic authentication, also each by itself", async (t) => {
  const authorization = async (credentials: { user?: string; password?: string }) => {
    const { headers } = await send(t, ({ jaegerUrl: url }) => ({
      kind: 'jaeger-http',
      url,
      timeoutMs: 5000,
      ...credentials,
    }));
    return headers?.authorization?.replace(/^Basic /, '');
  };
  assert.equal(await authorization({}), undefined);
  assert.equal(await authorization({ user: 'ada', password: 'pä:ss' }), Buffer.from('ada:pä:ss').toString('base64'));
  assert.equal(await authorization({ user: 'ada' }), btoa('ada:'));
});

test('OTLP has its headers and its compression', async (t) => {
  const { headers } = await send(t, ({ otlpUrl: url }) =>
    otlp({ url, headers: { 'x-team': 'a' }, compression: 'gzip' }),
  );
  assert.deepEqual([headers?.['x-team'], headers?.['content-encoding']], ['a', 'gzip']);
});

test('a certificate that cannot be read costs one line, and the spans go without it', async (t) => {
  const { lines } = await send(t, ({ otlpUrl: url }) => otlp({ url, certificate: '/nowhere/ca.pem' }));
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^otel-preload: \/nowhere\/ca\.pem cannot be read \(ENOENT\); connecting to http:.* without it\n$/,
  );
});
