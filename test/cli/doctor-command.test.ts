import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { jaegerOrSkip } from '../support/jaeger/find-jaeger.ts';
import { startJaeger } from '../support/jaeger/start-jaeger.ts';
import { nodeBinary } from '../support/node-lines.ts';
import { refusedPort } from '../support/ports.ts';
import { checkout, run, testNode } from '../support/run.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { doctor } from './doctor/set-up.ts';

const agentAt = (port: number): Record<string, string> => ({
  OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.1',
  OTEL_EXPORTER_JAEGER_AGENT_PORT: String(port),
});

test('a healthy set-up is all ok, with code 0 and one span of the service at the collector, by each way', async (t) => {
  const collector = await startCollector(t, { grpc: true, agent: true });
  const ways: Record<string, Record<string, string>> = {
    'jaeger-http': { TRACING_URL: collector.jaegerUrl },
    'otlp-http-protobuf': { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    'otlp-http-json': { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    'otlp-grpc': { OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpcUrl, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    'jaeger-udp-binary': agentAt(collector.agentBinaryPort),
  };
  for (const [way, env] of Object.entries(ways)) {
    collector.spans.length = 0;
    const { stdout, stderr, code } = await doctor(t, {
      env,
      command: [testNode, '-r', 'otel-preload/register', 'app'],
    });
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /^ok {3}node\.version: Node\.js \d+\.\d+\.\d+\n/);
    assert.match(stdout, /\nAll \d+ checks are ok\.\n$/);
    // by UDP one finds out whether anybody listens, the other is sent as any span is
    const count = way.includes('udp') ? 2 : 1;
    const spans = await collector.waitForSpans(count);
    const seen = spans.map(({ protocol, service, name }) => [protocol, service, name]);
    assert.deepEqual(
      seen,
      Array.from({ length: count }, () => [way, 'shop', 'otel-preload doctor']),
    );
  }
});

test('with a real Jaeger the span is read back by each way, and each of its ports that is taken for another is told', async (t) => {
  if (!(await jaegerOrSkip(t))) return;
  const jaeger = await startJaeger(t);
  const ways: readonly Record<string, string>[] = [
    { TRACING_URL: jaeger.thriftUrl },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.otlpUrl },
    { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpGrpcUrl, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    agentAt(jaeger.agentBinaryPort),
  ];
  for (const [index, way] of ways.entries()) {
    const env = { ...way, OTEL_SERVICE_NAME: `shop-${index}` };
    const { stdout, code } = await doctor(t, { env, query: jaeger.queryUrl });
    assert.equal(code, 0, stdout);
    assert.match(
      stdout,
      new RegExp(`^ok   span\\.read_back: ${jaeger.queryUrl} shows the span of shop-${index} after`, 'm'),
    );
  }

  const port = (url: string): string => new URL(url).origin;
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { TRACING_URL: `${jaeger.queryUrl}/api/traces` },
      /answered 200 with a web page to a span; .*Jaeger takes spans on port 14268/,
    ],
    [
      { TRACING_URL: `${port(jaeger.otlpUrl)}/api/traces` },
      /answered 404 to a span: .*; Jaeger's is .*:14268\/api\/traces$/,
    ],
    [
      { TRACING_URL: `${jaeger.otlpGrpcUrl}/api/traces` },
      /what answers speaks HTTP\/2, .*; use Jaeger's http:.*:14268\/api\/traces$/,
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.thriftUrl },
      /answered 400 to a span: Unsupported content type: .*is it Jaeger where OTLP is sent/,
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpGrpcUrl },
      /what answers speaks HTTP\/2, .*; use the HTTP port \(4318\)/,
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: port(jaeger.otlpUrl), ...grpc },
      /what answers speaks no HTTP\/2; use the gRPC port \(4317\)/,
    ],
  ];
  for (const [env, pattern] of wrong) {
    const { troubles, code } = await doctor(t, { env });
    assert.deepEqual([troubles.length, code], [1, 2]);
    assert.match(troubles[0] ?? '', /^FAIL span\.accepted: /);
    assert.match(troubles[0] ?? '', pattern);
  }
});

test('--json is the same for machines', async (t) => {
  const env = { TRACING_URL: `http://127.0.0.1:${await refusedPort()}/api/traces`, OTEL_TRACES_SAMPLER: 'always_off' };
  const { stdout, code } = await doctor(t, { env, args: ['--json'] });
  const { status, findings } = JSON.parse(stdout) as { status: string; findings: readonly Finding[] };
  assert.deepEqual([status, code], ['fail', 2]);
  const bad = findings.filter((finding) => finding.status !== 'ok').map(({ check }) => check);
  assert.deepEqual(bad, ['tracing.sampled', 'collector.reachable']);
  assert.ok(findings.every(({ reason }) => reason !== ''));
});

test('no secret is in what it prints or bundles, even where a collector repeats it', async (t) => {
  const secrets = ['Hunter2', 'S3cretToken', 'Pr0xyPass', 'QueryKey7', 'Arg9Key'];
  const collector = await startCollector(t, { mode: 'status', status: 401 });
  const env = {
    TRACING_URL: `http://ada:Hunter2@127.0.0.1:${collector.port}/api/traces?key=QueryKey7`,
    OTEL_EXPORTER_JAEGER_HEADERS: 'x-token=S3cretToken',
    HTTPS_PROXY: 'http://p:Pr0xyPass@127.0.0.1:1',
    TRACING_NAMESPCE: 'http://x:Hunter2@y/',
    OTEL_BSP_SCHEDULE_DELAY: 'http://x:Hunter2@y/',
  };
  const { stdout, stderr, cwd, code } = await doctor(t, {
    env,
    args: ['--bundle', 'report.json'],
    command: [testNode, 'app.js', '--api-key=Arg9Key', 'https://u:Hunter2@db/'],
  });
  assert.equal(code, 2, stdout);
  assert.match(stdout, /^FAIL flag\.reachable: .* app\.js --api-key=/m);
  const bundle = readFileSync(join(cwd, 'report.json'), 'utf8');
  for (const text of [stdout, stderr, bundle]) for (const secret of secrets) assert.ok(!text.includes(secret), text);
  assert.match(stdout, /^FAIL span\.accepted: http:\/\/127\.0\.0\.1:\d+\/api\/traces answered 401/m);
  assert.match(collector.requests[0]?.headers.authorization ?? '', /^Basic /);
});

test('--bundle holds versions, platform, configuration with sources, and the findings', async (t) => {
  const collector = await startCollector(t);
  const files = { 'tracing.yaml': `tracing_url: ${collector.jaegerUrl}\nnamespace: dev\n` };
  const { stderr, cwd, code } = await doctor(t, { files, args: ['--bundle', 'report.json'] });
  assert.deepEqual([code, stderr], [0, 'otel-preload: report.json is written; look through it before you send it\n']);
  const file = join(cwd, 'report.json');
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
  const { version } = JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')) as { version: string };
  assert.deepEqual(bundle['version'], version);
  assert.deepEqual(bundle['options']?.['namespace'], { value: 'dev', source: 'tracing.yaml:2', overridden: [] });
  assert.equal(bundle['platform']?.['name'], process.platform);
  assert.ok(bundle['findings'] !== undefined);
  assert.equal(statSync(file).mode & 0o077, 0);
});

test('what makes no sense is one line and code 64', async () => {
  const { code, stderr } = await run({ args: [`${checkout}dist/cli.js`, 'doctor', '--query', 'jaeger:16686'] });
  assert.equal(code, 64);
  assert.match(stderr, /^otel-preload: --query is a URL with http:\/\/ or https:\/\/, or none, got "jaeger:16686"; /);
});

test('on a Node.js that is too old for the command line itself it is a failure too', async () => {
  const node = await nodeBinary('18.20.8');
  const old = await run({ node, args: [`${checkout}dist/cli.js`, 'doctor'] });
  assert.deepEqual(
    [old.code, old.stderr],
    [2, 'otel-preload: Node.js 18.20.8 is older than 20.16; use Node.js 22, 24 or 26\n'],
  );
  assert.equal((await run({ node, args: [`${checkout}dist/cli.js`, 'config'] })).code, 1);
});
