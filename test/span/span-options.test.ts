import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { startSpan, withSpan } from '../../src/index.ts';
import { drain, recordSpans } from './recorded-spans.ts';

const ended = recordSpans();

describe('a span', () => {
  it('hangs under the active span, `parent`, `context` or nothing, as told', () => {
    const parent = startSpan('parent');
    const inContext = trace.setSpan(ROOT_CONTEXT, startSpan('in context'));
    withSpan('active', (active) => {
      withSpan('child', () => {});
      withSpan('told', { parent }, () => {});
      withSpan('by context', { context: inContext }, () => {});
      withSpan('root', { root: true }, () => withSpan('under root', () => {}));
      assert.equal(trace.getActiveSpan(), active);
    });
    const spans = Object.fromEntries(drain(ended).map((span) => [span.name, span]));
    assert.equal(spans['child']?.parentSpanContext?.spanId, spans['active']?.spanContext().spanId);
    assert.equal(spans['told']?.parentSpanContext?.spanId, parent.spanContext().spanId);
    assert.equal(spans['by context']?.parentSpanContext?.spanId, trace.getSpanContext(inContext)?.spanId);
    assert.equal(spans['root']?.parentSpanContext, undefined);
    assert.equal(spans['under root']?.parentSpanContext?.spanId, spans['root']?.spanContext().spanId);
  });
});
