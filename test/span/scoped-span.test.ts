import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { trace } from '@opentelemetry/api';
import { startSpan } from '../../src/index.ts';
import { only, recordSpans } from './recorded-spans.ts';

const ended = recordSpans();

describe('startSpan', () => {
  it('ends with its scope, once, and is not active', () => {
    const span = startSpan('scoped', { attributes: { a: 1 } });
    assert.equal(trace.getActiveSpan(), undefined);
    assert.equal(span.setAttribute('b', 2), span);
    span[Symbol.dispose]();
    span[Symbol.dispose]();
    assert.deepEqual(only(ended).attributes, { a: 1, b: 2 });
  });

  it('is the SDK span itself', () => {
    const span = startSpan('scoped');
    span.end();
    assert.equal(only(ended), span);
  });
});
