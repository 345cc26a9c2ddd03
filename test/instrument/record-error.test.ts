import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { recordError } from '../../src/instrument/record-error.ts';
import { only, recordSpans } from '../span/recorded-spans.ts';

const ended = recordSpans();

for (const [what, error, message] of [
  ['an error', new RangeError('too far'), 'too far'],
  ['a text', 'text', 'text'],
  ['nothing', undefined, 'undefined'],
] as const) {
  test(`${what} is the status of the span, and an event in it`, () => {
    const span = trace.getTracer('test').startSpan('failed');
    recordError(span, error);
    span.end();
    const { status, events } = only(ended);
    assert.deepEqual(status, { code: SpanStatusCode.ERROR, message });
    assert.deepEqual(
      events.map(({ name, attributes }) => [name, attributes?.['exception.message']]),
      [['exception', message]],
    );
  });
}
