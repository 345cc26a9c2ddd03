import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestSpans } from '../../../src/cli/doctor/test-spans.ts';
import { someResource } from '../../wire/spans.ts';

test('each has ended, is sampled, has a trace of its own, no parent, and the resource', () => {
  const next = createTestSpans(someResource);
  const [one, two] = [next(), next()];
  for (const span of [one, two]) {
    assert.deepEqual(
      [span.ended, span.name, span.parentSpanContext, span.resource],
      [true, 'otel-preload doctor', undefined, someResource],
    );
    assert.equal(span.spanContext().traceFlags, 1);
  }
  assert.notEqual(one.spanContext().traceId, two.spanContext().traceId);
});
