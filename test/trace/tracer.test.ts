import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import {
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TracerProvider as StockProvider,
} from '@opentelemetry/sdk-trace';
import { ROOT_CONTEXT } from '../../src/trace/context.ts';
import { NonRecordingSpan } from '../../src/trace/non-recording-span.ts';
import { alwaysOff, QuickSampler } from '../../src/trace/quick-sampler.ts';
import { RecordingSpan } from '../../src/trace/recording-span.ts';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';

context.setGlobalContextManager(new AsyncLocalStorageContextManager());
after(() => context.disable());

const tracer = new TracerProvider().getTracer('test');
const stock = new StockProvider().getTracer('test');
const unsampled = new TracerProvider({ sampler: new QuickSampler(alwaysOff, true) }).getTracer('test');

test('startActiveSpan takes its arguments in every form that the SDK takes, and gives back what the function gives', () => {
  const from = ROOT_CONTEXT.setValue(Symbol.for('mine'), 1);
  const look = (span: Span): unknown[] => [
    trace.getActiveSpan() === span,
    (span as unknown as ReadableSpan).kind,
    context.active().getValue(Symbol.for('mine')),
  ];
  for (const one of [tracer, stock]) {
    assert.deepEqual(one.startActiveSpan('a', look), [true, SpanKind.INTERNAL, undefined]);
    assert.deepEqual(one.startActiveSpan('a', { kind: SpanKind.CLIENT }, look), [true, SpanKind.CLIENT, undefined]);
    assert.deepEqual(one.startActiveSpan('a', { kind: SpanKind.CLIENT }, from, look), [true, SpanKind.CLIENT, 1]);
    const untyped = one.startActiveSpan.bind(one) as (...args: unknown[]) => unknown;
    assert.deepEqual(untyped('a', undefined, undefined, look), [true, SpanKind.INTERNAL, undefined]);
    assert.equal(untyped('a'), undefined);
  }
});

test('a span is the child of the active one, across calls that wait', async () => {
  await tracer.startActiveSpan('parent', async (parent) => {
    await Promise.resolve();
    const child = tracer.startSpan('child') as RecordingSpan;
    assert.equal(child.parentSpanContext, parent.spanContext());
    assert.equal(child.spanContext().traceId, parent.spanContext().traceId);
    const root = tracer.startSpan('root', { root: true }) as RecordingSpan;
    assert.equal(root.parentSpanContext, undefined);
    assert.notEqual(root.spanContext().traceId, parent.spanContext().traceId);
  });
});

test('what is not sampled has ids of its own, in its parent’s trace', () => {
  const root = unsampled.startSpan('root');
  const child = unsampled.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root));
  assert.ok(root instanceof NonRecordingSpan && child instanceof NonRecordingSpan);
  assert.match(root.spanContext().traceId, /^[\da-f]{32}$/);
  assert.equal(child.spanContext().traceId, root.spanContext().traceId);
  assert.notEqual(child.spanContext().spanId, root.spanContext().spanId);
  assert.equal(child.spanContext().traceFlags, 0);
});

test('where tracing is suppressed a span has no valid context', () => {
  const span = tracer.startSpan('a', { root: true }, suppressTracing(ROOT_CONTEXT));
  assert.equal(trace.isSpanContextValid(span.spanContext()), false);
});

test('a sampler of the app’s own is asked with what the SDK would ask it', () => {
  const asked: unknown[][] = [];
  const sampler: Sampler = {
    shouldSample(...args) {
      asked.push([...args.slice(2), trace.getSpanContext(args[0])?.traceId === args[1]]);
      return { decision: SamplingDecision.RECORD_AND_SAMPLED, attributes: { rule: 7 } };
    },
    toString: () => 'own',
  };
  const attributes = { a: 1, b: undefined };
  const links = [{ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }, attributes: { c: 1 } }];
  for (const Provider of [TracerProvider, StockProvider]) {
    const tracer = new Provider({ sampler }).getTracer('test');
    const parent = tracer.startSpan('parent');
    tracer.startSpan('child', { kind: SpanKind.SERVER, attributes, links }, trace.setSpan(ROOT_CONTEXT, parent));
  }
  assert.equal(asked.length, 4);
  assert.deepEqual(asked.slice(0, 2), asked.slice(2));
});

test('attributes that are handed over are copied: neither side sees what the other writes later', () => {
  const attributes: Record<string, string | number> = { a: 1 };
  const span = tracer.startSpan('a', { attributes }) as RecordingSpan;
  attributes['a'] = 2;
  span.setAttribute('b', 3);
  assert.deepEqual([attributes, span.attributes], [{ a: 2 }, { a: 1, b: 3 }]);
});
