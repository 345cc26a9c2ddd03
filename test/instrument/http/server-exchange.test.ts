import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attributes, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { Durations } from '../../../src/instrument/http/durations.ts';
import { headerCapture } from '../../../src/instrument/http/header-capture.ts';
import { RouteNames } from '../../../src/instrument/http/route-names.ts';
import { ServerExchange } from '../../../src/instrument/http/server-exchange.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';
import { recordingMeters } from './meters.ts';

const ended = recordSpans();
const { meters, recorded } = recordingMeters();
const durations = new Durations(meters, 'scope', 'server');
const forgotten: unknown[][] = [];
const memory = { forget: (...args: unknown[]) => void forgotten.push(args) };

function exchange(statusCode: number, { sampled = true, measured }: { sampled?: boolean; measured?: Attributes } = {}) {
  const span = sampled
    ? trace.getTracer('test').startSpan('GET')
    : trace.wrapSpanContext({ traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8), traceFlags: 0 });
  const response = { statusCode, getHeader: (name: string) => (name === 'x-one' ? 'a' : undefined) };
  const side = {
    captureResponse: headerCapture('response', ['x-one', 'x-two']),
    durations,
    memory,
    names: new RouteNames(),
  };
  return {
    response,
    span,
    exchange: new ServerExchange(side, ROOT_CONTEXT, span, 'GET', response, response, measured),
  };
}

test('its context has the span, and itself as the metadata of the request', () => {
  const { exchange: one, span } = exchange(200);
  assert.equal(trace.getSpan(one.context), span);
  assert.equal(getRPCMetadata(one.context), one);
  assert.deepEqual([one.type, one.span], ['http', span]);
});

for (const [status, code, errorType] of [
  [200, SpanStatusCode.UNSET, undefined],
  [404, SpanStatusCode.UNSET, undefined],
  [500, SpanStatusCode.ERROR, '500'],
  [599, SpanStatusCode.ERROR, '599'],
  [600, SpanStatusCode.ERROR, undefined],
] as const) {
  test(`status ${status} makes status ${code} of the span, and the error type ${errorType}`, () => {
    const { exchange: one, response } = exchange(status);
    one.note(response, 'close', undefined);
    const span = only(ended);
    assert.equal(span.status.code, code);
    assert.equal(span.attributes['http.response.status_code'], status);
    assert.equal(span.attributes['error.type'], errorType);
    assert.deepEqual(span.attributes['http.response.header.x-one'], ['a']);
  });
}

test('what is to be done before the end is done right before it, once; after it nobody waits', () => {
  const { exchange: one, response, span } = exchange(200);
  const done: unknown[] = [];
  for (const name of ['a', 'b'])
    assert.equal(
      one.beforeEnd(() => done.push(name, span.isRecording())),
      true,
    );
  one.note(response, 'close', undefined);
  one.note(response, 'close', undefined);
  assert.deepEqual(done, ['a', true, 'b', true]);
  assert.equal(one.beforeEnd(assert.fail), false);
  drain(ended);
});

test('what fails of that keeps nothing else from its end', () => {
  const { exchange: one, response } = exchange(200);
  let done = 0;
  one.beforeEnd(() => {
    throw new Error('of a processor');
  });
  one.beforeEnd(() => done++);
  one.note(response, 'close', undefined);
  assert.equal(done, 1);
  assert.equal(only(ended).attributes['http.response.status_code'], 200);
});

test('the route names the span; an empty one does not', () => {
  for (const [route, name] of [
    ['/users/:id', 'GET /users/:id'],
    ['', 'GET'],
  ] as const) {
    const { exchange: one, response } = exchange(200);
    one.route = route;
    one.note(response, 'close', undefined);
    const span = only(ended);
    assert.deepEqual([span.name, span.attributes['http.route']], [name, route]);
  }
});

test('only the close and the error of the response end it, and only once', () => {
  const { exchange: one, response } = exchange(200);
  one.note({}, 'close', undefined);
  one.note({}, 'error', new Error('of the request'));
  one.note(response, 'finish', undefined);
  assert.equal(drain(ended).length, 0);
  one.note(response, 'error', new TypeError('mine'));
  one.note(response, 'close', undefined);
  one.fail(new Error('late'));
  const span = only(ended);
  assert.deepEqual(span.status, { code: SpanStatusCode.ERROR, message: 'mine' });
  assert.equal(span.attributes['error.type'], 'TypeError');
  assert.equal(span.attributes['http.response.status_code'], undefined);
  assert.equal(span.events.length, 1);
});

test('a span that the app has ended is left alone', () => {
  const { exchange: one, response, span } = exchange(500);
  span.end();
  one.note(response, 'close', undefined);
  const [first, ...more] = drain(ended);
  assert.equal(more.length, 0);
  assert.equal(first?.status.code, SpanStatusCode.UNSET);
});

test('durations are measured of spans that are not recorded too, where they are measured at all', () => {
  for (const sampled of [true, false]) {
    const { exchange: one, response } = exchange(503, { sampled, measured: { 'url.scheme': 'http' } });
    one.route = '/a';
    one.note(response, 'close', undefined);
    one.note(response, 'close', undefined);
    assert.deepEqual(
      recorded
        .get('http.server.request.duration')
        ?.splice(0)
        .map(({ attributes }) => attributes),
      [{ 'url.scheme': 'http', 'http.response.status_code': 503, 'http.route': '/a', 'error.type': '503' }],
    );
  }
  const { exchange: failed } = exchange(200, { measured: {} });
  failed.fail(new TypeError('mine'));
  const { exchange: unmeasured, response } = exchange(200);
  unmeasured.note(response, 'close', undefined);
  assert.deepEqual(
    recorded
      .get('http.server.request.duration')
      ?.splice(0)
      .map(({ attributes }) => attributes),
    [{ 'error.type': 'TypeError' }],
  );
  drain(ended);
});

test('what remembers its context forgets it at the end, sampled or not', () => {
  for (const sampled of [true, false]) {
    const { exchange: one, response } = exchange(200, { sampled });
    one.holder = {};
    const { holder, context } = one;
    one.note(response, 'close', undefined);
    one.note(response, 'close', undefined);
    assert.deepEqual(forgotten.splice(0), [[holder, context]]);
    assert.equal(one.holder, undefined);
  }
  drain(ended);
});
