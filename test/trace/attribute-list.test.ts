import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes } from '@opentelemetry/api';
import { type AttributeList, toAttributes } from '../../src/core/attribute-list.ts';
import { cleanValue, fillList, indexOfKey, isKey, isWithin } from '../../src/trace/attribute-list.ts';

const limits = { attributeCountLimit: 3, attributeValueLengthLimit: 4 };

test('an object becomes a list and an object again, in its order', () => {
  const list: AttributeList = [];
  assert.equal(fillList(list, { b: 1, a: 'x', c: [true, null] as boolean[] }, limits), 0);
  assert.deepEqual(list, ['b', 1, 'a', 'x', 'c', [true, null]]);
  assert.deepEqual(Object.entries(toAttributes(list)), [
    ['b', 1],
    ['a', 'x'],
    ['c', [true, null]],
  ]);
});

test('a list is within the limits up to 3 attributes, and where no text is to be cut', () => {
  const uncut = { ...limits, attributeValueLengthLimit: Infinity };
  assert.equal(isWithin(['a', 1, 'b', 2, 'c', 3], uncut), true);
  assert.equal(isWithin(['a', 1, 'b', 2, 'c', 3, 'd', 4], uncut), false);
  assert.equal(isWithin(['a', 1], limits), false);
});

test('a key is found at its place, and a value of the same text is no key', () => {
  const list = ['a', 'b', 'c', 'd'];
  assert.deepEqual(
    ['a', 'c', 'b', ''].map((key) => indexOfKey(list, key)),
    [0, 2, 4, 4],
  );
});

test('what is beyond the limit, without a key or no value is counted; undefined is not', () => {
  const list: AttributeList = [];
  const given = { a: 1, '': 2, b: undefined, c: Symbol('s'), d: 'long text', e: 5, f: 6, g: () => 7 };
  assert.equal(fillList(list, given as unknown as Attributes, limits), 4);
  assert.deepEqual(list, ['a', 1, 'd', 'long', 'e', 5]);
});

test('inherited attributes are none, of a class or of a polluted Object.prototype', (t) => {
  const list: AttributeList = [];
  fillList(list, Object.assign(Object.create({ inherited: 1 }) as Attributes, { own: 2 }), limits);
  const prototype: object = Object.prototype;
  Object.defineProperty(prototype, 'polluted', { value: 3, enumerable: true, configurable: true });
  t.after(() => Reflect.deleteProperty(prototype, 'polluted'));
  fillList(list, { mine: 4 }, limits);
  assert.deepEqual(list, ['own', 2, 'mine', 4]);
});

test('values with parts are copied and cut inside', () => {
  const value = { list: ['long text', 1], deep: { text: 'also long' } };
  const kept = cleanValue('key', value, 4);
  assert.deepEqual(kept, { list: ['long', 1], deep: { text: 'also' } });
  assert.notEqual(kept, value);
  assert.equal(cleanValue('key', null, 4), null);
  assert.equal(cleanValue('toString', new Date(), 4), undefined);
});

test('a key is any text but the empty one', () => {
  assert.deepEqual(['a', ' ', ''].map(isKey), [true, true, false]);
});
