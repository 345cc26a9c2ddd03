import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { CallSpan } from '../../../src/instrument/grpc/call-span.ts';
import { AnsweredCall, StreamedCall, UnaryCall } from '../../../src/instrument/grpc/server-call.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const span = (): CallSpan => new CallSpan(trace.getTracer('test').startSpan('call'));
const emitter = (deadline: number | Date): EventEmitter =>
  Object.assign(new EventEmitter(), { getDeadline: () => deadline });
const codeOf = (): unknown => only(ended).attributes['rpc.grpc.status_code'];

test('an answer ends the span of a call, by its error or without', () => {
  new AnsweredCall(ROOT_CONTEXT, span()).answered(null);
  assert.equal(codeOf(), 0);
  new AnsweredCall(ROOT_CONTEXT, span()).answered(Object.assign(new Error('no'), { code: 5 }));
  assert.equal(only(ended).status.message, 'no');
});

test('a call that has been cancelled is still answered', () => {
  const call = new AnsweredCall(ROOT_CONTEXT, span());
  call.note(emitter(Infinity), 'cancelled');
  assert.equal(ended.length, 0);
  call.answered(null);
  assert.equal(codeOf(), 0);
});

test('of 100 cancelled calls those 50 end when they were cancelled that nobody can answer any more', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const kept: AnsweredCall[] = [];
  // In a function of its own, which keeps no call in a variable.
  const cancel = (index: number): void => {
    const call = new AnsweredCall(ROOT_CONTEXT, span());
    call.note(emitter(index % 4 < 2 ? Infinity : 0), 'cancelled');
    if (index % 2 === 0) kept.push(call);
  };
  for (let index = 0; index < 100; index++) cancel(index);
  const beforeMs = Date.now();
  await delay(30);
  for (let tries = 0; tries < 100 && ended.length < 50; tries++) {
    collect();
    await delay(1);
  }
  const spans = drain(ended);
  const codes = spans.map(({ attributes }) => attributes['rpc.grpc.status_code']);
  assert.deepEqual(
    [1, 4].map((code) => codes.filter((one) => one === code).length),
    [25, 25],
  );
  assert.ok(spans.every(({ endTime: [seconds, nanos] }) => seconds * 1000 + nanos / 1e6 < beforeMs + 20));
  for (const call of kept) call.answered(null);
  assert.equal(drain(ended).length, 50);
});

test('after the answer a call keeps its context where the client still streams, and nothing of the span where it does not', () => {
  for (const [Call, isKept] of [
    [AnsweredCall, true],
    [UnaryCall, false],
  ] as const) {
    for (const error of [null, { code: 5 }]) {
      const active = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
      const call = new Call(active, span());
      assert.equal(call.context, active);
      call.answered(error);
      assert.equal(call.context === active, isKept);
      assert.equal(codeOf(), error === null ? 0 : 5);
    }
  }
});

test('a streamed answer ends the span when it is written, fails, or is cancelled', () => {
  const events: [event: string, value: unknown, deadline: number | Date, code: unknown][] = [
    ['finish', undefined, Infinity, 0],
    ['error', { code: 11 }, Infinity, 11],
    ['cancelled', 'cancelled', Infinity, 1],
    ['cancelled', 'cancelled', new Date(0), 4],
  ];
  for (const [event, value, deadline, code] of events) {
    const call = new StreamedCall(ROOT_CONTEXT, span());
    call.note(emitter(deadline), 'data', 1);
    assert.equal(ended.length, 0);
    call.note(emitter(deadline), event, value);
    call.note(emitter(deadline), 'finish', undefined);
    assert.equal(codeOf(), code);
  }
});
