import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import { app } from './support/app.ts';
import { startCollector } from './support/collector.ts';
import { checkout, importFlag, run } from './support/run.ts';

const PROGRAM = `
  const { metrics, trace } = require('@opentelemetry/api');
  metrics.getMeter('test').createCounter('jobs').add(3);
  const span = trace.getTracer('test').startSpan('job');
  span.setAttribute('long', 'x'.repeat(100));
  for (let at = 0; at < 5; at++) span.setAttribute('key' + at, at);
  span.end();
`;

async function runProgram(t: Parameters<typeof app>[0], env: Record<string, string>): ReturnType<typeof run> {
  const cwd = app(t, { 'app.js': PROGRAM });
  return run({ args: [...importFlag(), 'app.js'], cwd, env });
}

test('metrics go out only where they are asked for, by the variables of the SDK', async (t) => {
  const collector = await startCollector(t, { allowUndecodable: true });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'job' };
  assert.equal((await runProgram(t, env)).stderr, '');
  assert.deepEqual(new Set(collector.requests.map(({ path }) => path)), new Set(['/v1/traces']));

  await runProgram(t, { ...env, OTEL_METRICS_EXPORTER: 'otlp' });
  assert.ok(collector.requests.some(({ path }) => path === '/v1/metrics'));
});

test('limits of attributes count', async (t) => {
  const collector = await startCollector(t);
  await runProgram(t, {
    TRACING_URL: collector.jaegerUrl,
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3',
  });
  const [span] = await collector.waitForSpans(1);
  assert.equal(span?.attributes['long'], 'x'.repeat(10));
  assert.deepEqual(
    Object.keys(span?.attributes ?? {}).filter((key) => /^(?:long|key)/.test(key)),
    ['long', 'key0', 'key1'],
  );
});

test('OTEL_TRACES_SAMPLER=always_off sends nothing, OTEL_SDK_DISABLED=true loads nothing', async (t) => {
  const collector = await startCollector(t);
  const env = { TRACING_URL: collector.jaegerUrl };
  assert.equal((await runProgram(t, { ...env, OTEL_TRACES_SAMPLER: 'always_off' })).stderr, '');
  assert.equal((await runProgram(t, { ...env, OTEL_SDK_DISABLED: 'true' })).stderr, '');
  assert.equal(collector.requests.length, 0);
});

test('several exporters get the same span', async (t) => {
  const collector = await startCollector(t);
  const { stderr } = await runProgram(t, {
    OTEL_TRACES_EXPORTER: 'jaeger,otlp,console',
    TRACING_URL: collector.jaegerUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: 'job',
  });
  const spans = await collector.waitForSpans(2);
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, 1);
  assert.deepEqual(spans.map(({ protocol }) => protocol).sort(), ['jaeger-http', 'otlp-http-protobuf']);
  assert.match(stderr, /^trace [\da-f]{32}\njob job [\d.]+ (?:µs|ms)\n$/);
});

test('the console has a trace as one tree', async (t) => {
  const cwd = app(t, {
    'app.js': `
      const tracer = require('@opentelemetry/api').trace.getTracer('test');
      tracer.startActiveSpan('outer', (outer) => {
        tracer.startSpan('inner').end();
        outer.end();
      });`,
  });
  const env = { OTEL_TRACES_EXPORTER: 'console', OTEL_SERVICE_NAME: 'job' };
  const { stderr } = await run({ args: [...importFlag(), 'app.js'], cwd, env });
  assert.match(stderr, /^trace [\da-f]{32}\njob outer .*\n└─ job inner .*\n$/);
});

test('after shutdown nothing is recorded any more, though no span came before it', async (t) => {
  const collector = await startCollector(t);
  const cwd = app(t, {
    'app.js': `
      const { shutdown } = require(process.env.HELPER);
      const tracer = require('@opentelemetry/api').trace.getTracer('test');
      void shutdown().then(() => {
        tracer.startSpan('late').end();
        console.log('done');
      });`,
  });
  const env = { TRACING_URL: collector.jaegerUrl, HELPER: join(checkout, 'dist/index.js') };
  const { code, stdout, stderr } = await run({ args: [...importFlag(), 'app.js'], cwd, env });
  assert.deepEqual([code, stdout, stderr, collector.requests.length], [0, 'done\n', '', 0]);
});
