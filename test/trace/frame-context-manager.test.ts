import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as fc from 'fast-check';
import { ROOT_CONTEXT } from '../../src/trace/context.ts';
import { ContextFrames } from '../../src/trace/context-frames.ts';
import { FrameContextManager } from '../../src/trace/frame-context-manager.ts';

type Step =
  | {
      readonly kind: 'with' | 'run' | 'bound' | 'fails' | 'later';
      readonly value: number;
      readonly steps: readonly Step[];
    }
  | { readonly kind: 'attach' | 'dispose' | 'enterWith'; readonly value: number };

const key = api.createContextKey('test');
/** Of the API's own and of ours; in the bundle all are ours but those of an app's copy of the API. The last is a mistake. */
const contexts: readonly api.Context[] = [
  api.ROOT_CONTEXT,
  ROOT_CONTEXT,
  ROOT_CONTEXT.setValue(key, 'a'),
  ROOT_CONTEXT.setValue(key, 'b'),
  ROOT_CONTEXT.setValue(key, 'c').setValue(key, 'd'),
  api.ROOT_CONTEXT.setValue(key, 'api'),
  undefined as never,
];

const { steps } = fc.letrec<{ steps: readonly Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 5 }),
  step: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.record({
      kind: fc.constantFrom('attach', 'dispose', 'enterWith'),
      value: fc.nat(9),
    }) as fc.Arbitrary<Step>,
    fc.record({
      kind: fc.constantFrom('with', 'run', 'bound', 'fails', 'later'),
      value: fc.nat(9),
      steps: tie('steps'),
    }) as fc.Arbitrary<Step>,
  ),
}));

/** What a program sees that goes through `steps`, its own storages included. */
async function seen(manager: AsyncLocalStorageContextManager, program: readonly Step[]): Promise<readonly unknown[]> {
  const log: unknown[] = [];
  const storages = [new AsyncLocalStorage<number>(), new AsyncLocalStorage<number>()];
  const tokens: { dispose(): void }[] = [];
  const waiting: Promise<void>[] = [];
  const look = (): void => {
    const active = contexts.indexOf(manager.active());
    log.push([active, ...storages.map((storage) => storage.getStore())]);
  };
  const go = (all: readonly Step[]): void => {
    look();
    for (const step of all) {
      const { kind, value } = step;
      const context = contexts[value % contexts.length] as api.Context;
      const storage = storages[value % storages.length] as AsyncLocalStorage<number>;
      const inside = (): void => go('steps' in step ? step.steps : []);
      if (kind === 'with') manager.with(context, inside);
      else if (kind === 'bound') manager.bind(context, inside)();
      else if (kind === 'run') storage.run(value, inside);
      else if (kind === 'enterWith') storage.enterWith(value);
      else if (kind === 'attach') tokens.push(manager.attach(context));
      else if (kind === 'dispose') tokens.splice(value % Math.max(tokens.length, 1), 1)[0]?.dispose();
      else if (kind === 'later') waiting.push(Promise.resolve().then(inside));
      else {
        const failing = (): never => {
          inside();
          throw new Error('of the app');
        };
        assert.throws(() => manager.with(context, failing), /of the app/);
      }
      look();
    }
  };
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      go(program);
      resolve();
    });
  });
  for (const one of waiting) await one;
  return log;
}

test('whatever is entered, attached and left, an app sees what it would with the SDK’s own', async () => {
  assert.ok(ContextFrames.find());
  await fc.assert(
    fc.asyncProperty(steps, async (program) => {
      const stock = await seen(new AsyncLocalStorageContextManager(), program);
      assert.deepEqual(await seen(new FrameContextManager(), program), stock);
      assert.deepEqual(await seen(new FrameContextManager(undefined, () => undefined), program), stock);
    }),
    { numRuns: 2000 },
  );
});

test('a storage that is disabled inside stays so', () => {
  for (const manager of [new FrameContextManager(), new AsyncLocalStorageContextManager()]) {
    const storage = new AsyncLocalStorage<string>();
    storage.run('a', () => {
      manager.with(ROOT_CONTEXT.setValue(key, 'a'), () => storage.disable());
      assert.equal(storage.getStore(), undefined);
    });
  }
});

test('`this`, arguments and result are handed on', () => {
  const manager = new FrameContextManager();
  function fn(this: unknown, ...args: unknown[]): unknown {
    return [this, ...args];
  }
  assert.deepEqual(manager.with(ROOT_CONTEXT, fn, undefined, 1, 2), [null, 1, 2]);
  assert.deepEqual(manager.with(ROOT_CONTEXT.setValue(key, 'a'), fn, 'this', 1), ['this', 1]);
});

test('after it was disabled a context can be entered again', () => {
  const manager = new FrameContextManager();
  const context = ROOT_CONTEXT.setValue(key, 'a');
  manager.with(context, () => {
    manager.disable();
    assert.equal(manager.active(), api.ROOT_CONTEXT);
  });
  manager.with(context, () => assert.equal(manager.active(), context));
});

test('frames are not looked for before a context is entered', () => {
  let sought = 0;
  const manager = new FrameContextManager(undefined, () => {
    sought++;
    return ContextFrames.find();
  });
  assert.equal(manager.active(), api.ROOT_CONTEXT);
  assert.equal(sought, 0);
  for (let at = 0; at < 3; at++) manager.with(ROOT_CONTEXT, () => manager.attach(ROOT_CONTEXT).dispose());
  assert.equal(sought, 1);
});
