import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { Capturing } from '../../src/testing/capture.ts';

const capturing = new Capturing();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [capturing] }));
after(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

const tracer = trace.getTracer('app');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a block gets the spans that start in it, in the order of their start, and not those of others', async () => {
  tracer.startSpan('before').end();
  const spans = await capturing.run(async () => {
    await tracer.startActiveSpan('outer', async (outer) => {
      await pause(1);
      tracer.startSpan('inner').end();
      outer.end();
    });
  }, {});
  tracer.startSpan('after').end();
  assert.equal(spans.tree(), 'internal outer\n  internal inner');
});

test('two blocks at the same time each get their own', async () => {
  const block = (name: string) => async () => {
    for (let n = 0; n < 3; n++) {
      tracer.startSpan(name).end();
      await pause(1);
    }
  };
  const [a, b] = await Promise.all([capturing.run(block('a'), {}), capturing.run(block('b'), {})]);
  assert.deepEqual([a.like('a').length, a.length, b.like('b').length, b.length], [3, 3, 3, 3]);
});

test('a span that carries on a trace of the block outside of its context is its too', async () => {
  let parent = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 1 });
  const spans = await capturing.run(() => {
    parent = tracer.startSpan('client');
    setTimeout(() => parent.end(), 20);
    const remote = { ...parent.spanContext(), isRemote: true };
    queueMicrotask(() => {
      const server = tracer.startSpan('server', {}, trace.setSpanContext(ROOT_CONTEXT, remote));
      setTimeout(() => server.end(), 5);
    });
  }, {});
  assert.equal(spans.tree(), 'internal client\n  internal server');
});

test('a span that is open when the block is done is waited for, and one that never ends is left out after 30 ms', async () => {
  const late = await capturing.run(() => {
    const span = tracer.startSpan('late');
    setTimeout(() => span.end(), 30);
  }, {});
  assert.equal(late.tree(), 'internal late');
  const never = await capturing.run(() => void tracer.startSpan('never'), { timeoutMs: 30 });
  assert.equal(never.length, 0);
});

test('what the block throws, the capture throws', async () => {
  const error = new Error('broken');
  await assert.rejects(
    capturing.run(() => {
      throw error;
    }, {}),
    error,
  );
});
