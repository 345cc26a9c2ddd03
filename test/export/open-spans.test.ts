import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { OpenSpans, UNFINISHED } from '../../src/export/open-spans.ts';

function setUp() {
  const openSpans = new OpenSpans();
  const ended: ReadableSpan[] = [];
  const last: SpanProcessor = {
    onStart() {},
    onEnd: (span) => {
      ended.push(span);
      if (span.name === 'thrower') throw new Error('a processor of the app’s');
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const tracer = new TracerProvider({ spanProcessors: [openSpans, last] }).getTracer('test');
  return { openSpans, ended, tracer };
}

const seen = (spans: readonly ReadableSpan[]) => spans.map(({ name, attributes }) => [name, attributes[UNFINISHED]]);

test('open spans are ended and marked, children before their parent; ended ones are left as they are', () => {
  const { openSpans, ended, tracer } = setUp();
  const parent = tracer.startSpan('parent');
  tracer.startSpan('done').end();
  tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
  openSpans.endAll();
  assert.deepEqual(seen(ended), [
    ['done', undefined],
    ['child', true],
    ['parent', true],
  ]);
  openSpans.endAll();
  assert.equal(ended.length, 3);
});

test('a processor of the app that throws keeps no span from being ended', () => {
  const { openSpans, ended, tracer } = setUp();
  for (const name of ['first', 'thrower', 'last']) tracer.startSpan(name);
  openSpans.endAll();
  assert.deepEqual(
    ended.map(({ name }) => name),
    ['last', 'thrower', 'first'],
  );
});

test('of 8193 spans that are never ended the oldest is let go', () => {
  const { openSpans, ended, tracer } = setUp();
  for (let n = 0; n <= 8192; n++) tracer.startSpan(String(n));
  openSpans.endAll();
  assert.equal(ended.length, 8192);
  assert.equal(ended.at(-1)?.name, '1');
});
