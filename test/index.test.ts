import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as helper from '../src/index.ts';

const { currentTraceId, recordError, setAttributes, startSpan, traced, tracer, withSpan } = helper;

describe('the helper', () => {
  it('exports what docs/helper.md shows', () => {
    assert.deepEqual(Object.keys(helper).sort(), [
      'currentTraceId',
      'forceFlush',
      'recordError',
      'setAttributes',
      'shutdown',
      'startSpan',
      'stats',
      'traced',
      'tracer',
      'withSpan',
    ]);
  });
});

describe('the helper with tracing off', () => {
  it('gives values, errors, promises, thenables and generators back untouched', () => {
    const error = Object.freeze(new Error('same'));
    const generator = (function* () {})();
    // oxlint-disable-next-line unicorn/no-thenable -- a thenable is the subject
    const thenable = { then() {} };
    for (const value of [undefined, 1, {}, Promise.resolve(1), thenable, generator]) {
      assert.ok(
        Object.is(
          withSpan('a', () => value),
          value,
        ),
      );
      assert.ok(
        Object.is(
          withSpan('a', { attributes: { a: 1 } }, () => value),
          value,
        ),
      );
    }
    assert.deepEqual(Reflect.ownKeys(generator), []);
    assert.throws(
      () =>
        withSpan('a', () => {
          throw error;
        }),
      (thrown) => thrown === error,
    );
  });

  it('hands out spans that do nothing', () => {
    withSpan('a', (span) => {
      assert.equal(span.isRecording(), false);
      span.setAttribute('a', 1).addEvent('e').end();
      setAttributes({ a: 1 });
      recordError(new Error('nobody'));
      assert.equal(currentTraceId(), undefined);
    });
    const span = startSpan('b');
    assert.equal(span.setAttributes({ a: 1 }), span);
    span[Symbol.dispose]();
    span.end();
    tracer('UserSrvServer').startActiveSpan('c', (active) => active.end());
  });

  it('decorates all the same', () => {
    const method = traced('m')(
      function double(this: { by: number }, n: number): number {
        return n * this.by;
      },
      { kind: 'method', name: 'double' } as never,
    );
    assert.equal(method.call({ by: 2 }, 4), 8);
    assert.equal(method.name, 'double');
  });
});
