import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { NonRecordingSpan } from '../../src/trace/non-recording-span.ts';

test('it has its context, and does and answers what the API’s own does', () => {
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 0 };
  const ours: Span = new NonRecordingSpan(context);
  assert.equal(ours.spanContext(), context);
  const theirs = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  const prototype = Object.getPrototypeOf(theirs) as object;
  const methods = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor') as (keyof Span)[];
  assert.equal(methods.length, 11);
  for (const method of methods) {
    if (method === 'spanContext') continue;
    const answer = (span: Span): unknown => {
      const answered = (span[method] as (...args: unknown[]) => unknown)('a', 1);
      return answered === span ? 'itself' : answered;
    };
    assert.equal(answer(ours), answer(theirs), method);
  }
});
