import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beforeMethod } from '../../src/lifecycle/before-method.ts';

class Base {
  add(a: number, b: number): [Base, number] {
    return [this, a + b];
  }
}

test('it is called first, with the same arguments, and the method is what it was to its caller', () => {
  const called: unknown[] = [];
  const one = new Base();
  const takeOut = beforeMethod(one, 'add', (self, args) => called.push(self === one, ...args));
  assert.deepEqual([one.add.name, one.add.length, Object.keys(one)], ['add', 2, []]);
  assert.deepEqual(one.add(1, 2), [one, 3]);
  assert.deepEqual(called, [true, 1, 2]);
  takeOut();
  assert.deepEqual([Object.hasOwn(one, 'add'), one.add(1, 2)], [false, [one, 3]]);
  assert.equal(called.length, 3);
});

test('what it throws is not the caller’s', () => {
  const one = new Base();
  beforeMethod(one, 'add', () => assert.fail('ours'));
  assert.deepEqual(one.add(1, 2), [one, 3]);
});

test('it stays where somebody else has wrapped it since, and an own method comes back as it was', () => {
  const one = { add: (): number => 1 };
  const before = Object.getOwnPropertyDescriptor(one, 'add');
  beforeMethod(one, 'add', () => {})();
  assert.deepEqual(Object.getOwnPropertyDescriptor(one, 'add'), before);
  let called = 0;
  const takeOut = beforeMethod(one, 'add', () => called++);
  const { add } = one;
  one.add = () => add() + 1;
  takeOut();
  assert.deepEqual([one.add(), called], [2, 1]);
});
