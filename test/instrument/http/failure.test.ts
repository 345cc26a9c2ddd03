import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { recordFailure } from '../../../src/instrument/http/failure.ts';
import { only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();

for (const [what, error, errorType, message, event] of [
  ['an error', new RangeError('too far'), 'RangeError', 'too far', 'exception'],
  ['an error with a code', Object.assign(new Error('no'), { code: 'ECONNRESET' }), 'Error', 'no', 'exception'],
  ['a text', 'text', undefined, undefined, 'exception'],
  ['nothing', undefined, undefined, undefined, undefined],
] as const) {
  test(`${what} makes the span a failed one`, () => {
    const span = trace.getTracer('test').startSpan('some');
    recordFailure(span, error);
    span.end();
    const { status, attributes, events } = only(ended);
    assert.equal(status.code, SpanStatusCode.ERROR);
    assert.equal(status.message, message);
    assert.equal(attributes['error.type'], errorType);
    assert.equal(events[0]?.name, event);
  });
}
