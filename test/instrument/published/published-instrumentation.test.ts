import assert from 'node:assert/strict';
import { tracingChannel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { createLog } from '../../../src/core/log.ts';
import type { Library } from '../../../src/instrument/published/library.ts';
import { libraries, PublishedInstrumentation } from '../../../src/instrument/published/published-instrumentation.ts';
import { recordError } from '../../../src/instrument/record-error.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const lines: string[] = [];
const log = createLog({ level: 'warn', write: (line) => lines.push(line) });

interface Message {
  readonly call?: string;
}

/** A library of a test's own, which has the channel `<name>:call`. */
function publish(name: string, changes: Partial<Library> = {}) {
  const describe = ({ call }: Message) => {
    if (call === undefined) throw new Error('no call');
    return call === 'not to be seen' ? undefined : { name: call, kind: SpanKind.CLIENT, attributes: { call } };
  };
  const channels = { [`${name}:call`]: describe };
  const library = { name, channels, runsInside: true, needsParent: false, recordError, ...changes };
  const instrumentation = new PublishedInstrumentation(library, { log });
  return { instrumentation, channel: tracingChannel<string, Message>(`${name}:call`) };
}

function traced(name: string, changes: Partial<Library> = {}) {
  const { instrumentation, channel } = publish(name, changes);
  instrumentation.setTracerProvider(trace.getTracerProvider());
  instrumentation.setMeterProvider();
  return channel;
}

const parent = trace.setSpan(ROOT_CONTEXT, trace.getTracer('app').startSpan('parent'));
const isParent = (active: Context): boolean => active === parent;

test('until there is a tracer, a call has no span', async () => {
  const { channel } = publish('early');
  assert.equal(await channel.tracePromise(async () => 'answer', { call: 'a' }), 'answer');
  assert.deepEqual(drain(ended), []);
});

test('a promise that is fulfilled ends its span; the library runs inside, and the app goes on outside', async () => {
  const channel = traced('promises');
  await context.with(parent, async () => {
    let inside: Context | undefined;
    const promise = channel.tracePromise(
      async () => {
        inside = context.active();
        await Promise.resolve();
        assert.equal(context.active(), inside);
        return 'answer';
      },
      { call: 'a' },
    );
    assert.ok(isParent(context.active()));
    const then = promise.then(() => isParent(context.active()));
    assert.equal(await promise, 'answer');
    assert.ok(isParent(context.active()));
    assert.ok(await then);
    const span = only(ended);
    const { name, kind, attributes, parentSpanContext, instrumentationScope } = span;
    assert.deepEqual([name, kind, attributes], ['a', SpanKind.CLIENT, { call: 'a' }]);
    assert.deepEqual(parentSpanContext, trace.getSpanContext(parent));
    assert.equal(instrumentationScope.name, 'otel-preload/promises');
    assert.equal(inside && trace.getSpan(inside)?.spanContext().spanId, span.spanContext().spanId);
  });
});

test('a promise that is rejected, and a function that throws, leave their error', async () => {
  const channel = traced('errors');
  const rejected = channel.tracePromise(() => Promise.reject(new Error('rejected')), { call: 'a' });
  await assert.rejects(rejected, /^Error: rejected$/);
  assert.deepEqual(only(ended).status, { code: SpanStatusCode.ERROR, message: 'rejected' });
  const failing = (): never => {
    throw new Error('thrown');
  };
  assert.throws(() => channel.traceSync(failing, { call: 'b' }), /^Error: thrown$/);
  const { status, events } = only(ended);
  assert.deepEqual(status, { code: SpanStatusCode.ERROR, message: 'thrown' });
  assert.equal(events[0]?.name, 'exception');
  assert.equal(context.active(), ROOT_CONTEXT);
});

test('a callback ends the span before it is called, once, whether it is called late, at once, or twice', async () => {
  const channel = traced('callbacks', { runsInside: false });
  type Callback = (error: Error | null, answer?: string) => void;
  const call = (library: (callback: Callback) => void): [number, string | undefined][] => {
    const calls: [number, string | undefined][] = [];
    channel.traceCallback(library, 0, { call: 'a' }, undefined, (error, answer) => {
      calls.push([ended.length, error?.message ?? answer]);
    });
    return calls;
  };
  assert.deepEqual(
    call((callback) => callback(null, 'at once')),
    [[1, 'at once']],
  );
  assert.equal(only(ended).status.code, SpanStatusCode.UNSET);
  const twice = call((callback) => {
    setImmediate(() => {
      callback(new Error('lost'));
      callback(new Error('lost again'));
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(twice, [
    [1, 'lost'],
    [1, 'lost again'],
  ]);
  assert.deepEqual(only(ended).status, { code: SpanStatusCode.ERROR, message: 'lost' });
});

test('where a library needs a parent, a call without one has no span', () => {
  const channel = traced('needs', { needsParent: true });
  channel.traceSync(() => {}, { call: 'a' });
  channel.start.publish({ call: 'a' });
  assert.deepEqual(drain(ended), []);
  context.with(parent, () => {
    const message = { call: 'a' };
    channel.start.publish(message);
    channel.end.publish(message);
    channel.asyncStart.publish(message);
  });
  assert.equal(only(ended).name, 'a');
});

test('a call that is not to be seen, and one where tracing is suppressed, have no span', async () => {
  const channel = traced('unseen');
  await channel.tracePromise(async () => {}, { call: 'not to be seen' });
  await context.with(suppressTracing(ROOT_CONTEXT), () => channel.tracePromise(async () => {}, { call: 'a' }));
  assert.deepEqual(drain(ended), []);
  assert.deepEqual(lines, []);
});

test('what cannot be traced is one line, and the library goes on', async () => {
  const channel = traced('broken');
  assert.equal(await channel.tracePromise(async () => 'answer', {}), 'answer');
  assert.equal(await channel.tracePromise(async () => 'answer', {}), 'answer');
  assert.deepEqual(lines, ['otel-preload: tracing a call of broken failed: Error: no call; it goes on untraced\n']);
  assert.deepEqual(drain(ended), []);
});

test('each library is called as its row is', () => {
  for (const [name, library] of Object.entries(libraries)) assert.equal(library.name, name);
});
