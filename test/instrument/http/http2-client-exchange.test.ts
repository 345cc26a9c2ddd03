import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { headerCapture } from '../../../src/instrument/http/header-capture.ts';
import { Http2ClientExchange } from '../../../src/instrument/http/http2-client-exchange.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();

function exchange({ aborted = false } = {}) {
  const side = {
    captureRequest: headerCapture('request', ['x-one']),
    captureResponse: headerCapture('response', ['x-two']),
    durations: undefined,
  };
  const stream = {
    aborted,
    sentHeaders: { 'x-one': 'a' },
    session: { socket: { remoteAddress: '192.0.2.7', remotePort: 443 } },
  };
  const span = trace.getTracer('test').startSpan('GET');
  return { one: new Http2ClientExchange(side, ROOT_CONTEXT, span, undefined), stream };
}

test('a response has version 2 and is judged when it has been read', () => {
  const { one, stream } = exchange();
  one.note(stream, 'response', { ':status': 500, 'x-two': 'b' });
  assert.equal(drain(ended).length, 0);
  one.note(stream, 'end', undefined);
  one.note(stream, 'close', undefined);
  assert.deepEqual(only(ended).attributes, {
    'error.type': '500',
    'http.request.header.x-one': ['a'],
    'http.response.header.x-two': ['b'],
    'http.response.status_code': 500,
    'network.peer.address': '192.0.2.7',
    'network.peer.port': 443,
    'network.protocol.version': '2',
  });
});

for (const [events, aborted, code] of [
  [['response', 'end'], true, SpanStatusCode.ERROR],
  [['response', 'close'], false, SpanStatusCode.UNSET],
  [['end', 'close'], false, SpanStatusCode.UNSET],
  [['end', 'error', 'close'], false, SpanStatusCode.ERROR],
] as const) {
  test(`${events.join(', ')} of a stream that is ${aborted ? '' : 'not '}aborted make status ${code}`, () => {
    const { one, stream } = exchange({ aborted });
    for (const event of events) one.note(stream, event, event === 'error' ? new Error('mine') : { ':status': 200 });
    assert.equal(only(ended).status.code, code);
  });
}
