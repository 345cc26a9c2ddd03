/* oxlint-disable unicorn/no-thenable -- thenables are the subject */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { anything, assert as assertProperty, asyncProperty, oneof } from 'fast-check';
import { withSpan } from '../../src/index.ts';
import { drain, only, recordSpans, thrownBy } from './recorded-spans.ts';

const ended = recordSpans();

describe('withSpan of a promise', () => {
  it('lasts until the promise settles, and gives the same value', async () => {
    const value = {};
    const promise = withSpan('slow', async (span) => {
      await setImmediate();
      assert.equal(trace.getActiveSpan(), span);
      return value;
    });
    assert.equal(ended.length, 0);
    assert.equal(await promise, value);
    only(ended);
  });

  it('keeps what hangs on a promise, as promisified exec() has its child there', async () => {
    const child = {};
    const promise = withSpan('exec', () => Object.assign(Promise.resolve(1), { child }));
    assert.equal(promise.child, child);
    assert.equal(await promise, 1);
    only(ended);
  });

  it('leaves a rejection that nobody handles unhandled', async () => {
    const error = new Error('nobody');
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (reason) => unhandled.push(reason));
    void withSpan('rejects', () => Promise.reject(error));
    await setImmediate();
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
    assert.deepEqual(unhandled, [error]);
    only(ended);
  });
});

describe('withSpan of a thenable', () => {
  function query(result: () => unknown): { runs: number; then: PromiseLike<unknown>['then'] } {
    return {
      runs: 0,
      then(onFulfilled, onRejected) {
        this.runs++;
        return new Promise((resolve) => resolve(trace.getActiveSpan() && result())).then(onFulfilled, onRejected);
      },
    };
  }

  it('gives the same object, runs it once and inside the span, and ends with it', async () => {
    const lazy = query(() => 42);
    const { then } = lazy;
    const given = withSpan('query', () => lazy);
    assert.equal(given, lazy);
    assert.equal(lazy.runs, 0);
    assert.equal(ended.length, 0);
    assert.equal(await given, 42);
    assert.equal(lazy.runs, 1);
    assert.equal(lazy.then, then);
    assert.equal(trace.getActiveSpan(), undefined);
    only(ended);
    await given;
    assert.equal(lazy.runs, 2);
    assert.equal(ended.length, 0);
  });

  it('records its rejection, and the callbacks of then() run outside of the span', async () => {
    const error = new Error('no table');
    const lazy = query(() => {
      throw error;
    });
    const got: unknown[] = [];
    await withSpan('query', () => lazy).then(undefined, (thrown: unknown) => got.push(thrown, trace.getActiveSpan()));
    assert.deepEqual(got, [error, undefined]);
    assert.equal(only(ended).status.message, 'no table');
  });

  it('ends at once where nobody waits for it, and leaves no trace on the object', async () => {
    class Query {
      ran = false;
      then(): void {
        this.ran = true;
      }
    }
    const lazy = withSpan('query', () => new Query());
    await setImmediate();
    assert.equal(lazy.ran, false);
    assert.deepEqual(Reflect.ownKeys(lazy), ['ran']);
    only(ended);
  });

  it('leaves frozen ones and proxies alone', () => {
    const frozen = Object.freeze(query(() => 1));
    assert.equal(
      withSpan('frozen', () => frozen),
      frozen,
    );
    const reads: unknown[] = [];
    const proxy = new Proxy(query, { get: (_, key) => void reads.push(key) });
    assert.equal(
      withSpan('proxy', () => proxy),
      proxy,
    );
    assert.deepEqual(reads, []);
    assert.equal(drain(ended).length, 2);
  });

  it('gives a subclass of Promise as it is', async () => {
    class Task extends Promise<number> {
      #own = 5;
      get own(): number {
        return this.#own;
      }
    }
    const task = new Task((resolve) => resolve(3));
    const given = withSpan('task', () => task);
    assert.equal(given, task);
    assert.equal(given.own, 5);
    assert.equal(await given, 3);
    only(ended);
  });
});

describe('withSpan of a generator', () => {
  it('lasts until it is done, active inside each step and nowhere else', () => {
    const values = withSpan('pages', function* (span) {
      for (let page = 1; page <= 3; page++) {
        assert.equal(trace.getActiveSpan(), span);
        yield page;
      }
      return 'end';
    });
    const seen: number[] = [];
    for (const value of values) {
      assert.equal(trace.getActiveSpan(), undefined);
      assert.equal(ended.length, 0);
      seen.push(value);
    }
    assert.deepEqual(seen, [1, 2, 3]);
    only(ended);
    assert.deepEqual(values.next(), { value: undefined, done: true });
    assert.equal(ended.length, 0);
  });

  it('takes what next() is given, and ends at return() and throw()', () => {
    function* echo(): Generator<unknown, string, unknown> {
      const got = yield 'first';
      yield got;
      return 'end';
    }
    const returned = withSpan('returned', echo);
    returned.next();
    assert.deepEqual(returned.next('given'), { value: 'given', done: false });
    assert.deepEqual(returned.return('stop'), { value: 'stop', done: true });
    assert.equal(only(ended).status.code, SpanStatusCode.UNSET);

    const error = new Error('into it');
    const thrownInto = withSpan('thrown into', echo);
    thrownInto.next();
    assert.equal(
      thrownBy(() => thrownInto.throw(error)),
      error,
    );
    assert.equal(only(ended).status.message, 'into it');
  });

  it('lasts through async steps', async () => {
    const values = withSpan('rows', async function* (span) {
      yield 1;
      await setImmediate();
      assert.equal(trace.getActiveSpan(), span);
      yield 2;
    });
    const seen: number[] = [];
    for await (const value of values) {
      assert.equal(trace.getActiveSpan(), undefined);
      assert.equal(ended.length, 0);
      seen.push(value);
    }
    assert.deepEqual(seen, [1, 2]);
    only(ended);
  });

  it('ends when an async one is left early or fails', async () => {
    const left = withSpan('left', async function* () {
      yield 1;
      yield 2;
    });
    for await (const value of left) if (value === 1) break;
    assert.equal(only(ended).status.code, SpanStatusCode.UNSET);

    const error = new Error('connection lost');
    const failing = withSpan('failing', async function* () {
      yield 1;
      throw error;
    });
    await failing.next();
    assert.equal(await failing.next().catch((thrown: unknown) => thrown), error);
    assert.equal(only(ended).status.message, 'connection lost');
  });

  it('is the same generator object', () => {
    const generator = (function* () {})();
    assert.equal(
      withSpan('same', () => generator),
      generator,
    );
    assert.deepEqual([...generator], []);
    only(ended);
  });
});

describe('withSpan keeps identity', () => {
  const value = anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
  const frozen = value.map((value) => Object.freeze(value));

  it('of any value returned, thrown, resolved or rejected, with one span ended', async () => {
    await assertProperty(
      asyncProperty(oneof(value, frozen), async (value) => {
        assert.ok(
          Object.is(
            withSpan('returns', () => value),
            value,
          ),
        );
        assert.ok(
          Object.is(
            thrownBy(() =>
              withSpan('throws', () => {
                throw value;
              }),
            ),
            value,
          ),
        );
        assert.ok(Object.is(await withSpan('resolves', async () => [value]).then(([inside]) => inside), value));
        const rejecting = withSpan('rejects', () => Promise.reject(value));
        assert.ok(Object.is(await rejecting.catch((thrown: unknown) => thrown), value));
        const spans = drain(ended);
        assert.deepEqual(
          spans.map((span) => [span.name, span.status.code, span.events.length]),
          [
            ['returns', SpanStatusCode.UNSET, 0],
            ['throws', SpanStatusCode.ERROR, 1],
            ['resolves', SpanStatusCode.UNSET, 0],
            ['rejects', SpanStatusCode.ERROR, 1],
          ],
        );
      }),
      { numRuns: 500 },
    );
  });
});
