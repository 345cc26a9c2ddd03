import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type SpanProcessor, TracerProvider as StockProvider } from '@opentelemetry/sdk-trace';
import type { Tracer } from '../../src/trace/tracer.ts';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';
import { someResource } from '../wire/spans.ts';

const providers = [TracerProvider, StockProvider];

function aProcessor(forceFlush: () => Promise<void>, log: string[] = []): SpanProcessor {
  return { onStart() {}, onEnd() {}, forceFlush, shutdown: async () => void log.push('shutdown') };
}

test('a tracer is the same for the same name, version and schema', () => {
  for (const Provider of providers) {
    const provider = new Provider();
    const tracer = provider.getTracer('a', '1', { schemaUrl: 'https://a.b/1' });
    assert.equal(provider.getTracer('a', '1', { schemaUrl: 'https://a.b/1' }), tracer);
    for (const other of [provider.getTracer('a', '1'), provider.getTracer('a'), provider.getTracer('b', '1')])
      assert.notEqual(other, tracer);
    assert.deepEqual(
      { ...(tracer as Tracer).instrumentationScope },
      { name: 'a', version: '1', schemaUrl: 'https://a.b/1' },
    );
  }
});

test('forceFlush waits for all, and rejects with the errors of those that fail or take too long', async () => {
  for (const Provider of providers) {
    const flushed: string[] = [];
    const good = aProcessor(async () => void flushed.push('good'));
    const bad = aProcessor(() => Promise.reject(new Error('no')));
    const slow = aProcessor(() => new Promise(() => {}));
    assert.equal(await new Provider({ spanProcessors: [good, good] }).forceFlush(), undefined);
    assert.equal(flushed.length, 2);
    await assert.rejects(
      new Provider({ spanProcessors: [bad, good, slow] }).forceFlush({ timeoutMillis: 20 }),
      (errors: Error[]) => {
        assert.deepEqual(
          errors.map(({ message }) => message),
          ['no', 'Span processor did not completed within timeout period of 20 ms'],
        );
        return true;
      },
    );
    assert.equal(flushed.length, 3);
  }
});

test('shutdown is each processor’s shutdown', async () => {
  for (const Provider of providers) {
    const log: string[] = [];
    await new Provider({
      spanProcessors: [aProcessor(async () => {}, log), aProcessor(async () => {}, log)],
    }).shutdown();
    assert.deepEqual(log, ['shutdown', 'shutdown']);
  }
});

test('ids are the app’s generator’s where it brings one', () => {
  const idGenerator = { generateTraceId: () => 'a'.repeat(32), generateSpanId: () => 'b'.repeat(16) };
  const span = new TracerProvider({ idGenerator }).getTracer('test').startSpan('span');
  assert.deepEqual([span.spanContext().traceId, span.spanContext().spanId], ['a'.repeat(32), 'b'.repeat(16)]);
});

test('printed, provider and tracer are what the SDK’s are', () => {
  const [ours, theirs] = providers.map((Provider) => {
    class OwnProcessor {
      onStart(): void {}
      onEnd(): void {}
      async forceFlush(): Promise<void> {}
      async shutdown(): Promise<void> {}
    }
    const provider = new Provider({ resource: someResource, spanProcessors: [new OwnProcessor()] });
    return inspect(provider.getTracer('a', '1')) + inspect(provider) + inspect([[[provider]]], { depth: 2 });
  });
  assert.equal(ours, theirs);
});
