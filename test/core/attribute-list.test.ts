import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind } from '@opentelemetry/api';
import { addTo, type AttributeList, SameAttributes, toAttributes } from '../../src/core/attribute-list.ts';

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

test('of the same attributes each span has a list of its own', () => {
  const same = new SameAttributes(SpanKind.SERVER, { a: 'x', b: 1 });
  const { attributeList } = same;
  assert.deepEqual(attributeList, ['a', 'x', 'b', 1]);
  attributeList.push('c', 2);
  assert.deepEqual([same.attributeList.length, same.attributes, same.kind], [4, { a: 'x', b: 1 }, SpanKind.SERVER]);
});
