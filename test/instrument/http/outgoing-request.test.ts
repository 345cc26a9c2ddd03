import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attributes, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { Durations } from '../../../src/instrument/http/durations.ts';
import { headerCapture } from '../../../src/instrument/http/header-capture.ts';
import { OutgoingRequest, type Response } from '../../../src/instrument/http/outgoing-request.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';
import { recordingMeters } from './meters.ts';

const ended = recordSpans();
const { meters, recorded } = recordingMeters();

/** Shows what its kinds use. */
class Request extends OutgoingRequest {
  note(): void {}
  override answer(response: Response): void {
    super.answer(response);
  }
  override finish(isCut: boolean): void {
    super.finish(isCut);
  }
  override fail(error: unknown): void {
    super.fail(error);
  }
  override end(errorType?: string): void {
    super.end(errorType);
  }
}

const side = {
  captureRequest: headerCapture('request', ['x-one']),
  captureResponse: headerCapture('response', ['x-two']),
  durations: new Durations(meters, 'scope', 'client'),
};

const start = (measured?: Attributes): Request =>
  new Request(side, ROOT_CONTEXT, trace.getTracer('test').startSpan('GET'), measured);

const answer = (statusCode: number): Response => ({
  statusCode,
  httpVersion: '1.1',
  socket: { remoteAddress: '192.0.2.7', remotePort: 80 },
  requestHeader: (name) => `${name} sent`,
  responseHeader: (name) => `${name} got`,
});

test('a response has 4 attributes, and the captured headers', () => {
  const request = start();
  request.answer(answer(200));
  request.finish(false);
  assert.deepEqual(only(ended).attributes, {
    'http.request.header.x-one': ['x-one sent'],
    'http.response.header.x-two': ['x-two got'],
    'http.response.status_code': 200,
    'network.peer.address': '192.0.2.7',
    'network.peer.port': 80,
    'network.protocol.version': '1.1',
  });
});

test('a response whose connection is gone has its status only', () => {
  const request = start();
  request.answer({
    ...answer(204),
    socket: undefined,
    requestHeader: () => undefined,
    responseHeader: () => undefined,
  });
  request.end();
  assert.deepEqual(only(ended).attributes, { 'http.response.status_code': 204 });
});

for (const [statusCode, isCut, code, errorType] of [
  [200, false, SpanStatusCode.UNSET, undefined],
  [399, false, SpanStatusCode.UNSET, undefined],
  [400, false, SpanStatusCode.ERROR, '400'],
  [599, false, SpanStatusCode.ERROR, '599'],
  [600, false, SpanStatusCode.ERROR, undefined],
  [99, false, SpanStatusCode.ERROR, undefined],
  [200, true, SpanStatusCode.ERROR, undefined],
  [500, true, SpanStatusCode.ERROR, undefined],
] as const) {
  test(`status ${statusCode} of a response that is ${isCut ? 'cut' : 'whole'} makes status ${code}, type ${errorType}`, () => {
    const request = start();
    request.answer(answer(statusCode));
    request.finish(isCut);
    const { attributes, status } = only(ended);
    assert.deepEqual([status.code, attributes['error.type']], [code, errorType]);
  });
}

test('it ends once, by whatever comes first', () => {
  const ways: ((request: Request) => void)[] = [
    (request) => request.end(),
    (request) => request.finish(false),
    (request) => request.fail(new Error('mine')),
    (request) => request.refuse(),
    (request) => request.answer(answer(200)),
  ];
  for (const way of ways.slice(0, -1)) {
    const request = start();
    for (const one of [way, ...ways]) one(request);
    assert.equal(drain(ended).length, 1);
  }
});

test('an error is recorded, and where Node.js has refused the request, that there was one', () => {
  start().fail(new RangeError('mine'));
  const failed = only(ended);
  assert.deepEqual(
    [failed.attributes['error.type'], failed.status.message, failed.events.length],
    ['RangeError', 'mine', 1],
  );
  start().refuse();
  const refused = only(ended);
  assert.deepEqual(
    [refused.attributes['error.type'], refused.status.code, refused.events.length],
    ['_OTHER', SpanStatusCode.ERROR, 0],
  );
});

test('the duration is measured once, with how it ended, where it is measured at all', () => {
  const measured = { 'server.address': 'a' };
  const whole = start(measured);
  whole.answer(answer(503));
  whole.finish(false);
  whole.end();
  start(measured).fail(new RangeError('mine'));
  start().end();
  const unsampled = trace.wrapSpanContext({ traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8), traceFlags: 0 });
  new Request(side, ROOT_CONTEXT, unsampled, measured).end();
  new Request(side, ROOT_CONTEXT, unsampled, undefined).end();
  assert.deepEqual(
    recorded.get('http.client.request.duration')?.map(({ attributes }) => attributes),
    [
      { ...measured, 'network.protocol.version': '1.1', 'http.response.status_code': 503, 'error.type': '503' },
      { ...measured, 'error.type': 'RangeError' },
      measured,
    ],
  );
  drain(ended);
});
