import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type HrTime, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { TracerProvider as StockProvider } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { RecordingSpan } from '../../src/trace/recording-span.ts';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';
import { someResource } from '../wire/spans.ts';
import { anyStory, comparable, tell } from './span-story.ts';

test('whatever happens to a span, processors see of it what they see of the SDK’s own, and the same is said', () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      assert.deepEqual(comparable(tell(TracerProvider, story)), comparable(tell(StockProvider, story)));
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 1000) },
  );
});

function start(name = 'a', context = ROOT_CONTEXT): RecordingSpan {
  return new TracerProvider({ resource: someResource }).getTracer('test').startSpan(name, {}, context) as RecordingSpan;
}

test('a span that an app has wrapped works as the span does', () => {
  const span = start().setAttribute('before', 1);
  const handler: ProxyHandler<RecordingSpan> = {};
  for (const wrapped of [Object.create(span) as RecordingSpan, new Proxy(span, handler)]) {
    wrapped
      .setAttribute('after', 2)
      .addEvent('event')
      .setStatus({ code: SpanStatusCode.ERROR, message: 'no' })
      .updateName('other');
    assert.equal(wrapped.attribute('before'), 1);
    assert.deepEqual(Object.keys(wrapped.attributes), ['before', 'after']);
    assert.equal(
      wrapped.events.length > 0 && wrapped.status.code === SpanStatusCode.ERROR && wrapped.startTime[0] > 0,
      true,
    );
    assert.equal(wrapped.spanContext(), span.spanContext());
  }
});

test('the list of attributes is there until somebody has the object, and never of a span that says them otherwise', () => {
  const span = start().setAttribute('a', 1).setAttribute('b', 'x');
  assert.deepEqual(RecordingSpan.attributeList(span), ['a', 1, 'b', 'x']);
  const redefined = Object.defineProperty(start().setAttribute('a', 1), 'attributes', { value: {} });
  const stock = new StockProvider().getTracer('test').startSpan('stock') as unknown as RecordingSpan;
  for (const other of [Object.create(span) as RecordingSpan, new Proxy(span, {}), redefined, stock]) {
    assert.equal(RecordingSpan.attributeList(other), undefined);
  }
  span.attributes['c'] = true;
  assert.equal(RecordingSpan.attributeList(span), undefined);
});

test('start and end are read as they will be, until somebody may have them otherwise', () => {
  const read = (span: RecordingSpan): unknown => {
    const times = { startSeconds: 0, startNanos: 0, endSeconds: 0, endNanos: 0 };
    return RecordingSpan.times(span, times) && times;
  };
  const ended = (): RecordingSpan => {
    const span = start();
    assert.equal(read(span), false);
    span.end();
    return span;
  };
  const span = ended();
  const times = read(span);
  const [[startSeconds, startNanos], [endSeconds, endNanos]] = [span.startTime, span.endTime];
  assert.deepEqual(times, { startSeconds, startNanos, endSeconds, endNanos });
  assert.equal(read(span), false);
  const written = ended();
  written.startTime = [1, 2];
  const given = start();
  given.end(Date.now() + 1000);
  const stock = new StockProvider().getTracer('test').startSpan('stock') as unknown as RecordingSpan;
  for (const other of [Object.create(ended()) as RecordingSpan, new Proxy(ended(), {}), written, given, stock]) {
    assert.equal(read(other), false);
  }
});

test('what a processor writes to the fields of a span counts', () => {
  const span = start().setAttribute('a', 1);
  span.attributes['direct'] = 2;
  span.setAttribute('direct', 3).setAttribute('b', 4);
  assert.deepEqual([span.attributes, span.attribute('direct')], [{ a: 1, direct: 3, b: 4 }, 3]);
  span.attributes = { own: true };
  assert.deepEqual(span.setAttribute('more', 1).attributes, { own: true, more: 1 });
  span.startTime = [1, 2];
  span.end([5, 3]);
  span.endTime = [7, 7];
  assert.deepEqual(
    [span.startTime, span.duration, span.endTime],
    [
      [1, 2],
      [4, 1],
      [7, 7],
    ],
  );
});

test('a child lies inside its parent, to the nanosecond', () => {
  const parent = start('parent');
  const nanos = ([seconds, rest]: HrTime): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);
  for (let at = 0; at < 100; at++) {
    const child = start('child', trace.setSpan(ROOT_CONTEXT, parent));
    child.end();
    assert.ok(nanos(child.startTime) >= nanos(parent.startTime));
    assert.equal(nanos(child.endTime), nanos(child.startTime) + nanos(child.duration));
    if (at === 99) parent.end();
    if (at === 99) assert.ok(nanos(child.endTime) <= nanos(parent.endTime));
  }
});

test('printed, it is what the SDK’s span is, and neither exporters nor their secrets', () => {
  const print = (Provider: typeof TracerProvider | typeof StockProvider): string =>
    inspect(
      new Provider({ resource: someResource })
        .getTracer('test')
        .startSpan('a', { startTime: [1, 2], attributes: { key: 'value' } }),
    ).replaceAll(/(?<=(?:traceId|spanId): ')[\da-f]+/g, 'id');
  assert.equal(print(TracerProvider), print(StockProvider));
  assert.match(inspect({ a: { b: { c: start() } } }), /SpanImpl\]/);
});
