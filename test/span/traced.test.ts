import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { traced } from '../../src/index.ts';
import { only, recordSpans, thrownBy } from './recorded-spans.ts';

const ended = recordSpans();

class Counter {
  count = 0;
  add(by: number): number {
    this.count += by;
    return this.count;
  }
}

function contextOf(name: string | symbol, kind = 'method'): ClassMethodDecoratorContext {
  return { kind, name, static: false, private: false } as ClassMethodDecoratorContext;
}

function add(this: Counter, by: number): number {
  return Counter.prototype.add.call(this, by);
}

describe('traced', () => {
  it('keeps this, arguments, value, name and length', () => {
    const decorated = traced(add, contextOf('add'));
    assert.notEqual(decorated, add);
    assert.equal(decorated.name, 'add');
    assert.equal(decorated.length, 1);
    const counter = new Counter();
    assert.equal(decorated.call(counter, 3), 3);
    assert.equal(counter.count, 3);
    assert.equal(only(ended).name, 'add');
  });

  it('is named as told, else after the method', () => {
    const named = traced('Add')(add, contextOf('add'));
    const byOptions = traced({ name: 'Sum', attributes: { a: 1 } })(add, contextOf('add'));
    const bySymbol = traced()(add, contextOf(Symbol('hidden')));
    named.call(new Counter(), 1);
    assert.equal(only(ended).name, 'Add');
    byOptions.call(new Counter(), 1);
    const span = only(ended);
    assert.equal(span.name, 'Sum');
    assert.deepEqual(span.attributes, { a: 1 });
    bySymbol.call(new Counter(), 1);
    assert.equal(only(ended).name, 'hidden');
  });

  it('says where it does not belong', () => {
    assert.match(
      String(thrownBy(() => traced(add as never, contextOf('count', 'field')))),
      /^TypeError: traced stands at methods only, not at the field count$/,
    );
    assert.match(
      String(thrownBy(() => traced()(Counter.prototype as never, 'add' as never))),
      /^TypeError: traced is a standard decorator: turn experimentalDecorators off/,
    );
    assert.match(
      String(thrownBy(() => (traced as (...args: unknown[]) => void)(Counter.prototype, 'add', {}))),
      /^TypeError: traced is a standard decorator/,
    );
  });

  it('works as written: public, private, static, async and generator methods', async () => {
    const fixture = fileURLToPath(new URL('traced-service.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fixture]);
    assert.deepEqual(stdout.trim().split('\n'), [
      'otel-preload create INTERNAL 0',
      'otel-preload plain INTERNAL 0',
      'otel-preload called INTERNAL 0',
      'UserSrvServer query INTERNAL 1',
      'UserSrvServer lookUp CLIENT 0',
      'UserSrvServer GetUserInfo INTERNAL 0',
      'otel-preload ids INTERNAL 0',
      'otel-preload all INTERNAL 0',
      'otel-preload fails INTERNAL 1',
      'otel-preload scoped INTERNAL 0',
    ]);
  });
});
