import assert from 'node:assert/strict';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ContextFrames } from '../../src/trace/context-frames.ts';

test('storages see what is entered, and nothing once it is left; what comes up in between keeps it', () => {
  const frames = ContextFrames.find();
  assert.ok(frames);
  const [one, other] = [new AsyncLocalStorage<string>(), new AsyncLocalStorage<string>()];
  const before = frames.current();
  other.run('b', () => {
    const inside = frames.current();
    frames.enter(frames.make(inside, one, 'a'));
    assert.deepEqual([one.getStore(), other.getStore()], ['a', 'b']);
    const resource = new AsyncResource('test');
    frames.enter(before);
    assert.deepEqual([one.getStore(), other.getStore()], [undefined, undefined]);
    resource.runInAsyncScope(() => assert.deepEqual([one.getStore(), other.getStore()], ['a', 'b']));
    frames.enter(inside);
    assert.deepEqual([one.getStore(), other.getStore()], [undefined, 'b']);
  });
  assert.deepEqual([one.getStore(), other.getStore()], [undefined, undefined]);
});

test('looking for them leaves nothing active', () => {
  const storage = new AsyncLocalStorage<string>();
  storage.run('a', () => {
    const before = ContextFrames.find()?.current();
    ContextFrames.find();
    assert.equal(ContextFrames.find()?.current(), before);
    assert.equal(storage.getStore(), 'a');
  });
});

test('where Node.js keeps what is active in another way there are none', () => {
  const file = new URL('../../src/trace/context-frames.ts', import.meta.url).href;
  const source = `import { ContextFrames } from '${file}'; console.log(ContextFrames.find());`;
  const args = ['--input-type=module', '--eval', source];
  const found = (...flags: string[]): string =>
    execFileSync(process.execPath, [...flags, ...args], { encoding: 'utf8' }).trim();
  assert.equal(found('--no-async-context-frame'), 'undefined');
  assert.equal(found(), 'ContextFrames {}');
});
