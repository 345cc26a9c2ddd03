import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpanStatusCode } from '@opentelemetry/api';
import { currentTraceId, recordError, setAttributes, withSpan } from '../../src/index.ts';
import { only, recordSpans } from './recorded-spans.ts';

const ended = recordSpans();

describe('the active span', () => {
  it('takes attributes', () => {
    withSpan('a', () => setAttributes({ 'user.name': 'Grace', tags: ['a', 'b'] }));
    assert.deepEqual(only(ended).attributes, { 'user.name': 'Grace', tags: ['a', 'b'] });
  });

  it('takes an error that the app handles itself, as an event and status ERROR', () => {
    withSpan('a', () => recordError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })));
    const span = only(ended);
    assert.deepEqual(span.status, { code: SpanStatusCode.ERROR, message: 'refused' });
    assert.equal(span.events[0]?.attributes?.['exception.type'], 'ECONNREFUSED');
  });

  it("names a gRPC error by its class, not by its status' number", () => {
    withSpan('a', () => recordError(Object.assign(new TypeError('not found'), { code: 5 })));
    assert.equal(only(ended).events[0]?.attributes?.['exception.type'], 'TypeError');
  });

  it('has a trace id', () => {
    const traceId = withSpan('a', () => currentTraceId());
    assert.match(traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(only(ended).spanContext().traceId, traceId);
  });

  it('is nobody outside: nothing happens', () => {
    assert.equal(currentTraceId(), undefined);
    setAttributes({ a: 1 });
    recordError(new Error('nobody'));
    assert.equal(ended.length, 0);
  });
});
