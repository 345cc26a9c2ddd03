import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { type Attributes, context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { ClientExchange } from '../../../src/instrument/http/client-exchange.ts';
import { Durations } from '../../../src/instrument/http/durations.ts';
import { headerCapture } from '../../../src/instrument/http/header-capture.ts';
import { carriedBy } from '../../../src/instrument/carried.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';
import { recordingMeters } from './meters.ts';

const ended = recordSpans();
const { meters, recorded } = recordingMeters();
const durations = new Durations(meters, 'scope', 'client');

function exchange({
  statusCode = 200,
  aborted = false,
  complete = true,
  measured = undefined as Attributes | undefined,
} = {}) {
  const side = {
    captureRequest: headerCapture('request', ['x-one']),
    captureResponse: headerCapture('response', ['x-two']),
    durations,
  };
  const span = trace.getTracer('test').startSpan('GET');
  const request = Object.assign(new EventEmitter(), { aborted, getHeader: (name: string) => `${name} sent` });
  const response = Object.assign(new EventEmitter(), {
    statusCode,
    complete,
    aborted: !complete,
    httpVersion: '1.1',
    headers: { 'x-two': 'b' },
    socket: { remoteAddress: '192.0.2.7', remotePort: 80 },
  });
  return { one: new ClientExchange(side, ROOT_CONTEXT, span, measured), request, response };
}

test('a response gives its attributes when it comes, and the end of it the status', () => {
  const { one, request, response } = exchange({ statusCode: 404 });
  one.note(request, 'response', response);
  assert.equal(carriedBy(response), one);
  one.note(response, 'end', undefined);
  one.note(response, 'close', undefined);
  one.note(request, 'close', undefined);
  const { attributes, status } = only(ended);
  assert.deepEqual(attributes, {
    'error.type': '404',
    'http.request.header.x-one': ['x-one sent'],
    'http.response.header.x-two': ['b'],
    'http.response.status_code': 404,
    'network.peer.address': '192.0.2.7',
    'network.peer.port': 80,
    'network.protocol.version': '1.1',
  });
  assert.equal(status.code, SpanStatusCode.ERROR);
});

for (const [statusCode, complete, code, errorType] of [
  [200, true, SpanStatusCode.UNSET, undefined],
  [399, true, SpanStatusCode.UNSET, undefined],
  [400, true, SpanStatusCode.ERROR, '400'],
  [600, true, SpanStatusCode.ERROR, undefined],
  [200, false, SpanStatusCode.ERROR, undefined],
  [500, false, SpanStatusCode.ERROR, undefined],
] as const) {
  test(`status ${statusCode} of a response that is ${complete ? 'whole' : 'cut'} makes status ${code}, type ${errorType}`, () => {
    const { one, request, response } = exchange({ statusCode, complete });
    one.note(request, 'response', response);
    one.note(response, 'end', undefined);
    const { attributes, status } = only(ended);
    assert.deepEqual([status.code, attributes['error.type']], [code, errorType]);
  });
}

test('the first of error and close ends it', () => {
  for (const [events, code] of [
    [['error', 'close'], SpanStatusCode.ERROR],
    [['close', 'error'], SpanStatusCode.UNSET],
  ] as const) {
    const { one, request } = exchange();
    for (const event of events) one.note(request, event, new RangeError('mine'));
    const span = only(ended);
    assert.deepEqual([span.status.code, span.events.length], [code, code === SpanStatusCode.ERROR ? 1 : 0]);
  }
});

test('after abort() the error of the response counts, and where none comes, its close', () => {
  for (const event of ['error', 'close'] as const) {
    const { one, request, response } = exchange({ aborted: true });
    one.note(request, 'response', response);
    one.note(request, 'close', undefined);
    assert.equal(drain(ended).length, 0);
    one.note(response, event, new Error('aborted'));
    assert.equal(only(ended).status.code, event === 'error' ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
  }
  const { one, request } = exchange({ aborted: true });
  one.note(request, 'close', undefined);
  assert.equal(only(ended).status.code, SpanStatusCode.UNSET);
});

test('a refused request has an error of no known type', () => {
  const { one, request } = exchange();
  one.refuse();
  one.refuse();
  one.note(request, 'close', undefined);
  const { attributes, status, events } = only(ended);
  assert.deepEqual([attributes['error.type'], status.code, events.length], ['_OTHER', SpanStatusCode.ERROR, 0]);
});

test('the duration is measured once, with how it ended', () => {
  const measured = { 'server.address': 'a' };
  const whole = exchange({ statusCode: 503, measured });
  whole.one.note(whole.request, 'response', whole.response);
  whole.one.note(whole.response, 'end', undefined);
  whole.one.note(whole.request, 'close', undefined);
  const failed = exchange({ measured });
  failed.one.note(failed.request, 'error', new RangeError('mine'));
  const unmeasured = exchange();
  unmeasured.one.note(unmeasured.request, 'close', undefined);
  assert.deepEqual(
    recorded.get('http.client.request.duration')?.map(({ attributes }) => attributes),
    [
      { ...measured, 'network.protocol.version': '1.1', 'http.response.status_code': 503, 'error.type': '503' },
      { ...measured, 'error.type': 'RangeError' },
    ],
  );
  assert.equal(context.active(), ROOT_CONTEXT);
  drain(ended);
});
