import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { metrics, ProxyTracerProvider, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { adoptApiVersion, shareGlobalProvider } from '../../src/sdk/global-provider.ts';

const scope = '@opentelemetry/instrumentation-http';
const key = Symbol.for('opentelemetry.js.api.1');
const globals = globalThis as { [key]?: { version: string; trace?: unknown } };

afterEach(() => {
  trace.disable();
  delete globals[key];
});

function register(): { provider: TracerProvider; exporter: InMemorySpanExporter } {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  return { provider, exporter };
}

test("a scope that is in use gets a silent tracer from the global provider, and records by the SDK's own", () => {
  const { provider, exporter } = register();
  const own = shareGlobalProvider(new Set([scope]));
  assert.equal(own, provider);
  trace.getTracer(scope).startSpan('twice').end();
  trace.getTracerProvider().getTracer(scope, '1').startSpan('twice').end();
  trace.getTracer('app').startSpan('manual').end();
  own?.getTracer(scope).startSpan('ours').end();
  assert.deepEqual(
    exporter.getFinishedSpans().map(({ name }) => name),
    ['manual', 'ours'],
  );
});

test('a tracer that was asked for before tracing started records from then on', () => {
  const early = trace.getTracer('app');
  const { exporter } = register();
  shareGlobalProvider(new Set([scope]));
  early.startSpan('manual').end();
  assert.equal(exporter.getFinishedSpans().length, 1);
});

test('what an app calls on the global provider besides getTracer is there', async () => {
  const { exporter } = register();
  shareGlobalProvider(new Set());
  const shared = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate() as TracerProvider;
  trace.getTracer('app').startSpan('manual').end();
  await shared.forceFlush();
  assert.equal(exporter.getFinishedSpans().length, 1);
  await shared.shutdown();
});

test('a provider that another copy of the API has registered is shared too', () => {
  const { provider, exporter } = register();
  const foreign = {
    getTracer: provider.getTracer.bind(provider),
    getDelegate: () => provider,
    setDelegate() {},
  };
  Object.assign(globals[key] ?? {}, { trace: foreign });
  assert.equal(shareGlobalProvider(new Set()), provider);
  assert.equal(exporter.getFinishedSpans().length, 0);
});

test('without a registered provider of ours there is none to share', () => {
  Object.assign((globals[key] ??= { version: '1.10.0' }), { trace: { getTracer() {} } });
  assert.equal(shareGlobalProvider(new Set()), undefined);
});

test('a newer minor version of the API is adopted, and what is registered stays', () => {
  register();
  const before = globals[key]?.trace;
  assert.equal(adoptApiVersion('1.11.0'), true);
  assert.deepEqual([globals[key]?.version, globals[key]?.trace], ['1.11.0', before]);
  assert.equal(adoptApiVersion('1.11.3'), false);
  trace.getTracer('app').startSpan('still ours').end();
  assert.equal(metrics.getMeterProvider() !== undefined, true);
});

test('an older, an equal and a next major version are not', () => {
  register();
  const { version } = globals[key] ?? { version: '' };
  for (const other of ['1.4.1', '1.0.0', version, '2.0.0', 'not a version'])
    assert.equal(adoptApiVersion(other), false);
  assert.equal(globals[key]?.version, version);
});

test('before anything is registered nothing is adopted', () => {
  assert.equal(adoptApiVersion('1.99.0'), false);
});
