import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { carriedBy } from '../../../src/instrument/carried.ts';
import { ClientExchange } from '../../../src/instrument/http/client-exchange.ts';
import { headerCapture } from '../../../src/instrument/http/header-capture.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();

function exchange({ statusCode = 200, aborted = false, complete = true } = {}) {
  const side = {
    captureRequest: headerCapture('request', ['x-one']),
    captureResponse: headerCapture('response', ['x-two']),
    durations: undefined,
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
  return { one: new ClientExchange(side, ROOT_CONTEXT, span, undefined), request, response };
}

test('a response is read when it comes, and judged at its end', () => {
  const { one, request, response } = exchange({ statusCode: 404 });
  one.note(request, 'response', response);
  assert.equal(carriedBy(response), one);
  one.note(request, 'end', undefined);
  assert.equal(drain(ended).length, 0);
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

test('the end of a response that is not complete is an error', () => {
  const { one, request, response } = exchange({ complete: false });
  one.note(request, 'response', response);
  one.note(response, 'end', undefined);
  assert.equal(only(ended).status.code, SpanStatusCode.ERROR);
});

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
