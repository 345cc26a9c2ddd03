import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { attributes, headers } from '../../src/config/pairs-type.ts';

test('pairs are split at commas and at the first =, trimmed and decoded', () => {
  assert.deepEqual(attributes.parse(' a = 1 ,b=x%2Cy=z, '), { value: { a: '1', b: 'x,y=z' } });
  assert.deepEqual(attributes.parse(['a=1', 'b=2']), { value: { a: '1', b: '2' } });
});

test('one wrong pair spoils all attributes', () => {
  for (const text of ['a=1,b', 'a=1,=2', 'a=%E0%A4', '%=1', '']) assert.equal(attributes.parse(text), undefined, text);
});

test('a map needs no encoding', () => {
  assert.deepEqual(attributes.parse({ a: '100%', b: 'x,y' }), { value: { a: '100%', b: 'x,y' } });
});

test('a map of attributes may have typed values, which are written as text', () => {
  const typed = { a: 1, b: true, c: ['x', 'y'], d: 1.5 };
  assert.deepEqual(attributes.parse(typed), { value: typed });
  assert.equal(attributes.format(typed), 'a=1,b=true,c=[%22x%22%2C%22y%22],d=1.5');
  assert.deepEqual([attributes.parse({ '': 1 }), attributes.parse({})], [undefined, undefined]);
});

test('header names are in lower case; a value that cannot be decoded is taken as it stands', () => {
  assert.deepEqual(headers.parse('Authorization=Bearer%20abc,X-Rate=100%'), {
    value: { authorization: 'Bearer abc', 'x-rate': '100%' },
  });
});

test('the later of two headers of the same name counts', () => {
  assert.deepEqual(headers.parse('a=1,A=2'), { value: { a: '2' } });
});

test('a wrong header is told and left out alone', () => {
  assert.deepEqual(headers.parse('a=1,b c=2,=3,d'), { value: { a: '1' }, rejected: 'b c=2,=3,d' });
  assert.equal(headers.parse('nonsense'), undefined);
});

test('a header with a line break in it is left out', () => {
  assert.deepEqual(headers.parse('a=1,b=x%0d%0aevil:1'), { value: { a: '1' }, rejected: 'b=x%0d%0aevil:1' });
  assert.equal(headers.parse({ b: 'x\ny' }), undefined);
});

test('a key named __proto__ is a key like any other', () => {
  const value = attributes.parse('__proto__=x')?.value ?? {};
  assert.deepEqual(Object.keys(value), ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

test('what is formatted is parsed to the same again', () => {
  const key = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const pairs = fc.dictionary(key, fc.string({ unit: 'grapheme' }), { minKeys: 1, noNullPrototype: true });
  fc.assert(
    fc.property(pairs, (value) => {
      assert.deepEqual(attributes.parse(attributes.format(value))?.value, value);
    }),
  );
});

test('half a surrogate pair can be formatted', () => {
  assert.equal(attributes.format({ a: '\uD800' }), 'a=%EF%BF%BD');
});
