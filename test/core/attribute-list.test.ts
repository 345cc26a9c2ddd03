import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTo, type AttributeList, toAttributes } from '../../src/core/attribute-list.ts';

test('an attribute without a value is none, false and 0 are values', () => {
  const list: AttributeList = [];
  addTo(list, 'a', undefined);
  addTo(list, 'b', false);
  addTo(list, 'c', 0);
  assert.deepEqual(list, ['b', false, 'c', 0]);
});

test('a list becomes an object in its order', () => {
  assert.deepEqual(Object.entries(toAttributes(['b', 1, 'a', ['x']])), [
    ['b', 1],
    ['a', ['x']],
  ]);
});
