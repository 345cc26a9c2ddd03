import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { context, createContextKey, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { carry } from '../../../src/instrument/carried.ts';
import type { Next, Request, Response } from '../../../src/instrument/express/express.ts';
import { LayerCall, type LayerCallStart } from '../../../src/instrument/express/layer-call.ts';
import { RequestRoute } from '../../../src/instrument/express/request-route.ts';
import { RoutePath } from '../../../src/instrument/express/route-path.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const tracer = trace.getTracer('test');
const UNSET = { code: SpanStatusCode.UNSET };

interface Begun {
  readonly call: LayerCall;
  readonly request: Request & { route?: unknown };
  readonly span: Span;
  readonly parent: LayerCallStart['parent'];
  readonly parentSpan: Span;
  readonly errors: unknown[];
}

function begin(next: Next, start: Partial<LayerCallStart> = {}): Begun {
  const parentSpan = tracer.startSpan('parent');
  const parent = trace.setSpan(ROOT_CONTEXT, parentSpan);
  const span = tracer.startSpan('layer', {}, parent);
  const request: Request & { route?: unknown } = { originalUrl: '/a' };
  RequestRoute.set(request, RoutePath.start.through('/a'));
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const call = new LayerCall({
    request,
    parent,
    parentSpan,
    span,
    isRouter: false,
    hasPath: true,
    next,
    onError,
    ...start,
  });
  return { call, request, span, parent, parentSpan, errors };
}

test('the span is over when the layer goes on, which is outside of it', () => {
  const seen: unknown[] = [];
  const { call, request, span, parent } = begin((error) => {
    seen.push(error, context.active(), ended.length);
    return 'returned';
  });
  assert.equal(trace.getSpan(call.context), span);
  assert.equal(ended.length, 0);
  assert.equal(
    context.with(call.context, () => call.next()),
    'returned',
  );
  assert.deepEqual(seen, [undefined, parent, 1]);
  assert.deepEqual(only(ended).status, UNSET);
  assert.equal(RequestRoute.get(request), RoutePath.start);
});

test('what the layer has put into the context stays there', () => {
  const key = createContextKey('value');
  let active = ROOT_CONTEXT;
  const { call, parentSpan } = begin(() => (active = context.active()));
  context.with(call.context.setValue(key, 1), () => call.next());
  assert.deepEqual([active.getValue(key), trace.getSpan(active)], [1, parentSpan]);
  drain(ended);
});

test('from outside of the span it goes on as it is', () => {
  const key = createContextKey('value');
  let active = ROOT_CONTEXT;
  const { call, parent } = begin(() => (active = context.active()));
  const outside = parent.setValue(key, 1);
  context.with(outside, () => call.next());
  assert.equal(active, outside);
  drain(ended);
});

for (const [what, error, message, type] of [
  ['an error', new TypeError('no'), 'no', 'TypeError'],
  ['a text', 'a text', 'a text', undefined],
  ['a number', 404, '404', undefined],
  ['an empty text', '', '', undefined],
  ['false', false, 'false', undefined],
] as const) {
  test(`${what} is written down and handed on`, () => {
    const handed: unknown[] = [];
    const { call } = begin((one) => void handed.push(one));
    call.next(error);
    const span = only(ended);
    assert.deepEqual(span.status, { code: SpanStatusCode.ERROR, message });
    assert.deepEqual(
      span.events.map(({ attributes }) => [attributes?.['exception.message'], attributes?.['exception.type']]),
      message === '' ? [] : [[message, type]],
    );
    assert.deepEqual(handed, [error]);
  });
}

for (const error of [undefined, null, 'route', 'router']) {
  test(`${String(error)} is no error`, () => {
    const handed: unknown[] = [];
    const { call } = begin((one) => void handed.push(one));
    call.next(error);
    const { status, events } = only(ended);
    assert.deepEqual([status, events, handed], [UNSET, [], [error]]);
  });
}

test('an error of which no text can be made is handed on, and said', () => {
  const handed: unknown[] = [];
  const { call, errors } = begin((one) => void handed.push(one));
  const error = Object.create(null) as object;
  call.next(error);
  assert.deepEqual([only(ended).status, handed.length, handed[0] === error, errors.length], [UNSET, 1, true, 1]);
});

test('an error from within a route keeps its path; without a path there is nothing to take away', () => {
  const inRoute = begin(() => {});
  inRoute.request.route = {};
  inRoute.call.next(new Error('no'));
  assert.equal(RequestRoute.get(inRoute.request).text, '/a');
  const recovered = begin(() => {});
  recovered.request.route = {};
  recovered.call.next();
  assert.equal(RequestRoute.get(recovered.request).text, '');
  const pathless = begin(() => {}, { hasPath: false });
  pathless.call.next();
  assert.equal(RequestRoute.get(pathless.request).text, '/a');
  drain(ended);
});

test("a router's span is over at once, and its layers are not below it", () => {
  const { call, parent } = begin(() => {}, { isRouter: true });
  assert.equal(only(ended).name, 'layer');
  assert.equal(call.context, parent);
  call.next(new Error('no'));
  call.endWith(new EventEmitter());
  assert.equal(ended.length, 0);
});

test('a layer that does not go on is over with the response, once', () => {
  const response: Response = new EventEmitter();
  const { call } = begin(() => {});
  call.endWith(response);
  assert.equal(ended.length, 0);
  response.emit('close');
  assert.equal(only(ended).name, 'layer');
  assert.equal(response.listenerCount('close'), 0);
  call.next();
  assert.equal(ended.length, 0);
});

test('one that goes on later is over then', () => {
  const response: Response = new EventEmitter();
  const { call } = begin(() => {});
  call.endWith(response);
  call.next();
  assert.equal(only(ended).name, 'layer');
  response.emit('close');
  assert.equal(ended.length, 0);
});

test('where the response has been closed already, it is over with the call', () => {
  const { call } = begin(() => {});
  call.endWith(Object.assign(new EventEmitter(), { closed: true }));
  assert.equal(only(ended).name, 'layer');
});

test('in a response of an exchange of ours it ends with that, without a listener of its own', () => {
  drain(ended);
  const { call } = begin(() => undefined);
  const response: Response = new EventEmitter();
  const works: (() => void)[] = [];
  const exchange = { context: ROOT_CONTEXT, note: () => {}, beforeEnd: (work: () => void) => works.push(work) > 0 };
  carry(response, exchange);
  call.endWith(response);
  assert.deepEqual([response.listenerCount('close'), works.length, ended.length], [0, 1, 0]);
  works[0]?.();
  assert.equal(only(ended).name, 'layer');
});
