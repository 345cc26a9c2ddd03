import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { hub, ImportHook, RequireHook, subscribe, unsubscribe } from '../../src/instrument/hub.ts';

const onLoad = (exports: unknown): unknown => exports;

test('a hook on require or import only writes down who wants to see which module, until it is unhooked', () => {
  const some = new RequireHook(['express'], {}, onLoad);
  const all = new RequireHook(null, {}, onLoad);
  const imported = new ImportHook(['pg'], {}, onLoad);
  assert.deepEqual(
    [...hub.required].map(({ modules }) => modules),
    [['express'], undefined],
  );
  assert.deepEqual([...hub.imported], [{ modules: ['pg'], onLoad }]);
  for (const hook of [some, all, imported]) hook.unhook();
  assert.deepEqual([hub.required.size, hub.imported.size], [0, 0]);
});

test('whoever holds the real hooks is told what else is to be hooked', (t) => {
  const { hookAlso } = hub;
  t.after(() => (hub.hookAlso = hookAlso));
  const told: string[] = [];
  hub.hookAlso = (modules) => told.push(...modules);
  new RequireHook(['/var/task/index.js'], {}, onLoad).unhook();
  new RequireHook(null, {}, onLoad).unhook();
  assert.deepEqual(told, ['/var/task/index.js']);
});

test('subscribers are known by their channel and hear its messages until they unsubscribe', () => {
  const heard: unknown[] = [];
  const subscriber = (message: unknown): void => void heard.push(message);
  subscribe('hub.test', subscriber);
  channel('hub.test').publish(1);
  assert.deepEqual([...(hub.subscribers.get('hub.test') ?? [])], [subscriber]);
  assert.equal(unsubscribe('hub.test', subscriber), true);
  channel('hub.test').publish(2);
  assert.equal(unsubscribe('hub.test', subscriber), false);
  assert.deepEqual([heard, hub.subscribers.get('hub.test')?.size], [[1], 0]);
});
