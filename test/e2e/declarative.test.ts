import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { type Ended, importFlag, run } from '../support/run.ts';
import { examples } from '../config/declarative/examples.ts';

/** A server and its client, a span with many attributes, and one that a rule may drop. */
const main = `
  import http from 'node:http';
  import { SpanKind, trace } from '@opentelemetry/api';
  const tracer = trace.getTracer('shop');
  const server = http.createServer((request, response) => response.end(JSON.stringify(request.headers)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch('http://127.0.0.1:' + server.address().port + (process.argv[2] ?? '/'));
  console.log(Object.keys(await answer.json()).filter((name) => /^(?:traceparent|baggage|b3)/.test(name)).join());
  tracer.startSpan('PING', { kind: SpanKind.CLIENT, attributes: { 'db.operation': 'PING' } }).end();
  tracer.startSpan('many', { attributes: { long: 'abcdef', other: 1, third: 2 } }).end();
  server.close();
  process.exitCode = 3;`;

interface Program {
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

function start(t: TestContext, { config, env = {}, files = {}, args = [] }: Program): Promise<Ended> & { cwd: string } {
  const cwd = app(t, { 'otel.yaml': config, 'main.mjs': main, ...files });
  const ended = run({
    args: [...importFlag(), 'main.mjs', ...args],
    cwd,
    env: { OTEL_CONFIG_FILE: 'otel.yaml', ...env },
  });
  return Object.assign(ended, { cwd });
}

const head = 'file_format: "1.1"\n';

for (const version of ['1.0', '1.1']) {
  test(`a file of version ${version} with one otlp_http exporter traces a program, and what is set beside it does not count`, async (t) => {
    const collector = await startCollector(t);
    const { stdout, stderr, code } = await start(t, {
      config: `file_format: "${version}"
resource:
  attributes: [{name: service.name, value: "\${NAME:-shop}"}, {name: build, value: 7, type: int}]
tracer_provider:
  processors: [{batch: {exporter: {otlp_http: {endpoint: "\${COLLECTOR}"}}}}]
`,
      env: { COLLECTOR: collector.otlpUrl, OTEL_SERVICE_NAME: 'other', TRACING_URL: 'http://127.0.0.1:1/api/traces' },
    });
    assert.deepEqual([stdout, code], ['\n', 3]);
    assert.match(
      stderr,
      /^otel-preload: (?:OTEL_SERVICE_NAME, TRACING_URL|TRACING_URL, OTEL_SERVICE_NAME) have no effect: OTEL_CONFIG_FILE puts otel\.yaml in the place [^\n]+\n$/,
    );
    assert.deepEqual(collector.spans.map(({ name }) => name).sort(), ['GET', 'GET', 'PING', 'many']);
    for (const { service, resource } of collector.spans) {
      assert.deepEqual([service, Number(resource['build'])], ['shop', 7]);
      assert.deepEqual(
        Object.keys(resource).filter((key) => /^(?:host|process|os)\./.test(key)),
        [],
      );
    }
  });
}

test('limits, propagators, detectors, samplers with rules and our own section take effect', async (t) => {
  const collector = await startCollector(t);
  const { stdout, stderr, code } = await start(t, {
    config: `${head}log_level: error
attribute_limits: {attribute_value_length_limit: 3}
propagator: {composite: [{tracecontext: }], composite_list: "b3"}
resource:
  attributes: [{name: service.name, value: shop}]
  detection/development: {attributes: {excluded: ["process.command*"]}, detectors: [{process: }, {host: }]}
tracer_provider:
  limits: {attribute_count_limit: 2}
  processors: [{simple: {exporter: {otlp_http: {endpoint: "${collector.otlpUrl}", headers: [{name: X-Key, value: "1"}], compression: gzip}}}}]
  sampler:
    composite/development:
      rule_based:
        rules:
          - {span_kinds: [client], attribute_values: {key: db.operation, values: [PING]}, sampler: {always_off: }}
          - {sampler: {parent_threshold: {root: {always_on: }}}}
distribution: {otel-preload: {namespace: dev, ignore_paths: [/healthz]}}
`,
    args: ['/healthz'],
  });
  assert.deepEqual([stdout, stderr, code], ['traceparent,b3\n', '', 3]);
  const spans = collector.spans.toSorted((a, b) => a.name.localeCompare(b.name));
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['GET', 'many'],
  );
  const many = spans[1];
  assert.deepEqual({ ...many?.attributes }, { long: 'abc', other: many?.attributes['other'] });
  assert.equal(Number(many?.attributes['other']), 1);
  assert.equal(many?.resource['namespace'], 'dev');
  const found = Object.keys(many?.resource ?? {});
  assert.ok(found.includes('process.pid') && found.includes('host.name') && found.includes('os.type'), found.join());
  assert.ok(!found.some((key) => key.startsWith('process.command')), found.join());
  assert.ok(collector.requests.length >= 2);
  for (const { headers } of collector.requests) {
    assert.deepEqual([headers['x-key'], headers['content-encoding']], ['1', 'gzip']);
  }
});

test('each processor sends in its own way: Jaeger, OTLP by gRPC and in JSON, a file, and stdout beside the app', async (t) => {
  const collector = await startCollector(t, { grpc: true });
  const running = start(t, {
    config: `${head}tracer_provider:
  processors:
    - batch: {exporter: {otlp_grpc: {endpoint: "${collector.grpcUrl}"}}}
    - batch: {max_export_batch_size: 1, exporter: {otlp_http: {endpoint: "${collector.otlpUrl}", encoding: json}}}
    - batch: {exporter: {otlp_file/development: {output_stream: "file://\${PWD_HERE}/spans.jsonl"}}}
    - batch: {exporter: {otlp_file/development: }}
distribution: {otel-preload: {tracing_url: "${collector.jaegerUrl}"}}
`,
    env: { PWD_HERE: '/tmp/SPANS' },
  });
  const { stdout, stderr, code } = await running;
  assert.equal(code, 3);
  const [own, ...lines] = stdout.trimEnd().split('\n');
  assert.equal(own, '');
  const namesOf = (text: string): string[] => {
    const { resourceSpans } = JSON.parse(text) as {
      resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)));
  };
  assert.deepEqual(lines.flatMap(namesOf).sort(), ['GET', 'GET', 'PING', 'many']);
  const protocols = collector.spans.map(({ protocol }) => protocol);
  const count = (protocol: string): number => protocols.filter((one) => one === protocol).length;
  assert.deepEqual(
    [...new Set(protocols)].sort().map((protocol) => [protocol, count(protocol)]),
    [
      ['jaeger-http', 4],
      ['otlp-grpc', 4],
      ['otlp-http-json', 4],
    ],
  );
  assert.equal(collector.requests.filter(({ headers }) => headers['content-type'] === 'application/json').length, 4);
  assert.match(
    stderr,
    /^(?:otel-preload: \/tmp\/SPANS\/spans\.jsonl does not take spans: ENOENT; kept and retried\n)?otel-preload: of 4 spans for \/tmp\/SPANS\/spans\.jsonl these are lost: 4 not sent before the process ended; ENOENT\n$/,
  );
});

test('spans go to a file, however the process ends', async (t) => {
  const cwd = app(t, {
    'exit.cjs': `
      const { trace } = require('@opentelemetry/api');
      for (let i = 0; i < 1000; i++) trace.getTracer('t').startSpan('s' + i).end();
      process.exit(5);`,
  });
  const file = join(cwd, 'spans.jsonl');
  const config = `${head}tracer_provider: {processors: [{batch: {exporter: {otlp_file/development: {output_stream: "file://${file}"}}}}]}\n`;
  const { code, stderr } = await run({
    args: [...importFlag(), 'exit.cjs'],
    cwd,
    env: { OTEL_CONFIG_FILE: app(t, { 'otel.yaml': config }) + '/otel.yaml' },
  });
  assert.deepEqual([code, stderr], [5, '']);
  const names = readFileSync(file, 'utf8').match(/"name":"s\d+"/g);
  assert.equal(new Set(names).size, 1000);
  assert.equal(names?.length, 1000);
});

test('a file that is wrong leaves the app as it is, in a line each; under TRACING_STRICT=1 it does not run', async (t) => {
  const config = `${head}disabled: maybe\ntracer_provider:\n  processors: [{batch: {exporter: {otlp_http: }, schedule_delay: 5s}}]\n`;
  const line = (path: string, rest: string) => `otel-preload: ${path} ${rest}; the app runs untraced\n`;
  const said =
    line('disabled (otel.yaml:2:1)', 'must be true or false or nothing, got "maybe"') +
    line(
      'tracer_provider.processors[0].batch.schedule_delay (otel.yaml:4:50)',
      'must be an integer ≥ 0 or nothing, got "5s"',
    );
  const untraced = await start(t, { config });
  assert.deepEqual([untraced.stdout, untraced.stderr, untraced.code], ['\n', said, 3]);
  const strict = await start(t, { config, env: { TRACING_STRICT: '1' } });
  assert.deepEqual([strict.stdout, strict.stderr, strict.code], ['', said, 78]);
});

test('disabled and a file without a tracer_provider trace nothing', async (t) => {
  for (const config of [`${head}disabled: true\n`, head]) {
    const { stdout, stderr, code } = await start(t, { config });
    assert.deepEqual([stdout, stderr, code], ['\n', '', 3]);
  }
});

test('each of the specification’s own files leaves a program running, whatever of it is not supported', async (t) => {
  const cwd = app(t, { 'main.cjs': 'console.log("ran")' });
  const some = examples.filter(({ name }) =>
    /1\.1\/(?:examples|snippets\/(?:Sampler|Resource|Experimental(?:Inst|OtlpFileExporter_traces)))/.test(name),
  );
  assert.ok(some.length >= 9);
  for (const { name, path } of some) {
    const { stdout, stderr, code } = await run({
      args: [...importFlag(), 'main.cjs'],
      cwd,
      env: { OTEL_CONFIG_FILE: path },
    });
    assert.deepEqual([stdout, code], ['ran\n', 0], name);
    assert.match(
      stderr,
      /^(?:otel-preload: \S+ \(\S+\.yaml:\d+:\d+\) is valid but not supported here; [^\n]+\n)*$/,
      name,
    );
  }
});
