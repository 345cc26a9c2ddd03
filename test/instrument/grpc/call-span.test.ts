import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { CallSpan } from '../../../src/instrument/grpc/call-span.ts';
import { only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans({
  sampler: {
    shouldSample: (_context, _traceId, name) => ({
      decision: name === 'unsampled' ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
    }),
  },
});
const start = (name = 'call'): CallSpan => new CallSpan(trace.getTracer('test').startSpan(name));
const UNSET = { code: SpanStatusCode.UNSET };
const failed = (message?: string) => ({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
const named = { 'grpc.error_name': 'Error', 'grpc.error_message': 'no' };
const no = (code?: unknown) => Object.assign(new Error('no'), { code });

for (const [what, end, status, attributes] of [
  ['finished with 0', (span) => span.finish(0), UNSET, { 'rpc.grpc.status_code': 0 }],
  ['finished with 5', (span) => span.finish(5), failed(), { 'rpc.grpc.status_code': 5 }],
  ['answered by an error', (span) => span.answerError(no(5)), failed(), { ...named, 'rpc.grpc.status_code': 5 }],
  [
    'answered with a message',
    (span) => span.answerError(no(5), 'no'),
    failed('no'),
    { ...named, 'rpc.grpc.status_code': 5 },
  ],
  ['answered by an error without a code', (span) => span.answerError(no(), 'no'), UNSET, named],
  ['answered by an object', (span) => span.answerError({ code: 5 }), failed(), { 'rpc.grpc.status_code': 5 }],
  ['answered by a text', (span) => span.answerError('no' as never), UNSET, {}],
  ['an emitted error', (span) => span.emitError(no(5)), failed('no'), { ...named, 'rpc.grpc.status_code': 5 }],
  ['an emitted error without a code', (span) => span.emitError(no()), failed('no'), named],
  ['an emitted error with code 0', (span) => span.emitError(no(0)), UNSET, { ...named, 'rpc.grpc.status_code': 0 }],
  ['an emitted nothing', (span) => span.emitError(undefined), failed(), {}],
  ['a thrown error', (span) => span.throwError(no(5)), failed('no'), { ...named, 'rpc.grpc.status_code': 2 }],
  ['cancelled', (span) => span.cancel(1), failed('Cancelled'), { 'rpc.grpc.status_code': 1 }],
  ['too late', (span) => span.cancel(4), failed('Deadline exceeded'), { 'rpc.grpc.status_code': 4 }],
  ['never made', (span) => span.cancel(undefined), failed(), {}],
] satisfies [string, (span: CallSpan) => void, object, object][]) {
  test(`a call that is ${what}`, () => {
    end(start());
    const span = only(ended);
    assert.deepEqual(span.status, status);
    assert.deepEqual(span.attributes, attributes);
    assert.deepEqual(span.events, []);
  });
}

test('the first end counts, and nothing is written after it', () => {
  const span = start();
  assert.equal(span.isOpen, true);
  span.setAttributes({ before: 1 });
  span.finish(0);
  assert.equal(span.isOpen, false);
  span.setAttributes({ after: 1 });
  span.throwError(new Error('late'));
  span.cancel(1);
  assert.deepEqual(only(ended).attributes, { before: 1, 'rpc.grpc.status_code': 0 });
});

test('a call may end earlier than that becomes known', async () => {
  const span = start();
  const atMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 30));
  span.cancel(1, atMs);
  const [seconds, nanos] = only(ended).duration;
  assert.ok(seconds === 0 && nanos < 20_000_000, `${seconds} s, ${nanos} ns`);
});

test('a span that is not recorded is not open', () => {
  const span = start('unsampled');
  assert.equal(span.isOpen, false);
  span.finish(0);
  assert.equal(ended.length, 0);
});
