import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { diag, DiagLogLevel, SpanStatusCode } from '@opentelemetry/api';
import { withSpan } from '../../src/index.ts';
import { drain, only, recordSpans, thrownBy } from './recorded-spans.ts';

const ended = recordSpans();

describe('an error that leaves withSpan', () => {
  it('records an error thrown and throws the very same', () => {
    const error = Object.freeze(new TypeError('no such user'));
    assert.equal(
      thrownBy(() =>
        withSpan('fails', () => {
          throw error;
        }),
      ),
      error,
    );
    const span = only(ended);
    assert.deepEqual(span.status, { code: SpanStatusCode.ERROR, message: 'no such user' });
    assert.equal(span.events.length, 1);
    assert.equal(span.events[0]?.name, 'exception');
    assert.equal(span.events[0]?.attributes?.['exception.type'], 'TypeError');
    assert.equal(span.events[0]?.attributes?.['exception.message'], 'no such user');
    assert.equal(span.events[0]?.attributes?.['exception.stacktrace'], error.stack);
  });

  it('records a rejection and rejects with the very same', async () => {
    const error = new Error('later');
    const promise = withSpan('rejects', async () => {
      await setImmediate();
      throw error;
    });
    assert.equal(await promise.catch((thrown: unknown) => thrown), error);
    const span = only(ended);
    assert.equal(span.status.code, SpanStatusCode.ERROR);
    assert.equal(span.events.length, 1);
  });

  it('ends a span once that its callback ends, without a complaint', () => {
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    diag.setLogger({ error: say, warn: say, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
    withSpan('ended early', (span) => span.end());
    thrownBy(() =>
      withSpan('ended before the throw', (span) => {
        span.end();
        throw new Error('after the end');
      }),
    );
    diag.disable();
    assert.equal(drain(ended).length, 2);
    assert.deepEqual(said, []);
  });

  it('makes one event of an error that is recorded by hand and thrown on', () => {
    const error = new Error('twice');
    thrownBy(() =>
      withSpan('outer', () =>
        withSpan('inner', () => {
          throw error;
        }),
      ),
    );
    assert.deepEqual(
      drain(ended).map((span) => span.events.length),
      [1, 1],
    );
  });

  it('of what is hard to read: undefined, strings, revoked proxies, throwing getters', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = Object.defineProperty({}, 'message', {
      get() {
        throw new Error('read');
      },
    });
    for (const error of [undefined, null, 'text', '', 0, Symbol('s'), revoked.proxy, hostile, Object.create(null)]) {
      assert.ok(
        Object.is(
          thrownBy(() =>
            withSpan('throws', () => {
              throw error;
            }),
          ),
          error,
        ),
      );
      only(ended);
    }
  });
});
