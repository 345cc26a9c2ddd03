import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { CallSpan } from '../../../src/instrument/grpc/call-span.ts';
import { ClientStream } from '../../../src/instrument/grpc/client-stream.ts';
import { only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();

for (const [events, code] of [
  [
    [
      ['status', { code: 0 }],
      ['close', undefined],
    ],
    0,
  ],
  [[['status', { code: 14 }]], 14],
  [
    [
      ['error', { code: 3 }],
      ['status', { code: 0 }],
    ],
    3,
  ],
  [
    [
      ['metadata', {}],
      ['data', 1],
      ['close', undefined],
      ['status', { code: 0 }],
    ],
    1,
  ],
] as const) {
  test(`a stream with ${events.map(([event]) => event).join(', ')} ends once, with code ${code}`, () => {
    const stream = new ClientStream(ROOT_CONTEXT, new CallSpan(trace.getTracer('test').startSpan('call')));
    for (const [event, value] of events) stream.note({}, event, value);
    assert.equal(only(ended).attributes['rpc.grpc.status_code'], code);
  });
}
