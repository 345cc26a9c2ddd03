import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { PublishedCall } from '../../../src/instrument/published/published-call.ts';
import { recordError } from '../../../src/instrument/record-error.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const tracer = trace.getTracer('test');

test('a call is active until the library returns, and its span ends once', () => {
  const span = tracer.startSpan('call');
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  const message = {};
  PublishedCall.start(message, span, inside);
  assert.equal(context.active(), inside);
  PublishedCall.leave(message);
  assert.equal(context.active(), ROOT_CONTEXT);
  PublishedCall.leave(message);
  assert.equal(ended.length, 0);
  PublishedCall.end(message);
  PublishedCall.end(message);
  assert.deepEqual(only(ended).status, { code: SpanStatusCode.UNSET });
});

test('a call that fails has its first error, and what comes after that changes nothing', () => {
  const message = {};
  PublishedCall.start(message, tracer.startSpan('call'), undefined);
  for (const text of ['first', 'second']) PublishedCall.fail(message, (span) => recordError(span, new Error(text)));
  PublishedCall.end(message);
  const { status, events } = only(ended);
  assert.deepEqual(status, { code: SpanStatusCode.ERROR, message: 'first' });
  assert.equal(events.length, 1);
});

test('without a context of its own, a call leaves what is active as it is', () => {
  const message = {};
  PublishedCall.start(message, tracer.startSpan('call'), undefined);
  assert.equal(context.active(), ROOT_CONTEXT);
  PublishedCall.leave(message);
  PublishedCall.end(message);
  assert.equal(drain(ended).length, 1);
});

test('a message of which no start was heard is left alone, and one that was heard looks as it did', () => {
  PublishedCall.leave({});
  PublishedCall.end({});
  PublishedCall.fail({}, () => assert.fail());
  const message = { args: ['GET'] };
  PublishedCall.start(message, tracer.startSpan('call'), undefined);
  assert.deepEqual(Reflect.ownKeys(message), ['args']);
  assert.equal(inspect(message, { showHidden: true }), inspect({ args: ['GET'] }, { showHidden: true }));
});
