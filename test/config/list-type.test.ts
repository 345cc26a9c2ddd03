import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, names, paths, patterns, tokens } from '../../src/config/list-type.ts';

const letters = listOf(['a', 'b', 'c'], { all: ['a', 'b', 'c'], bee: ['b'] });

test('names are taken in any case, in their order, each once', () => {
  assert.deepEqual(letters.parse(' B, a ,b,, '), { value: ['b', 'a'] });
  assert.deepEqual(letters.parse(['c', 'A']), { value: ['c', 'a'] });
});

test('unknown names are told and the others used', () => {
  assert.deepEqual(letters.parse('a,x,y'), { value: ['a'], rejected: 'x,y' });
});

test('nothing but unknown names is nothing', () => {
  assert.equal(letters.parse('x'), undefined);
  assert.equal(letters.parse(','), undefined);
  assert.equal(letters.parse({ a: '1' }), undefined);
});

test('none by itself is the empty list, and beside others is not understood', () => {
  assert.deepEqual(letters.parse('None'), { value: [] });
  assert.deepEqual(letters.parse('none,a'), { value: ['a'], rejected: 'none' });
  assert.equal(letters.format([]), 'none');
});

test('an alias stands for one name or many', () => {
  assert.deepEqual(letters.parse('bee'), { value: ['b'] });
  assert.deepEqual(letters.parse('b,all'), { value: ['b', 'a', 'c'] });
  assert.equal(letters.parse('constructor'), undefined);
});

test('what is allowed names everything', () => {
  assert.equal(letters.allowed, 'a list of a, b, c, all, bee, or none');
});

test('free names keep their case and leave out what cannot be a name', () => {
  assert.deepEqual(names.parse('http/dup, @scope/x,http/dup'), { value: ['http/dup', '@scope/x'] });
  assert.deepEqual(names.parse('http,a b'), { value: ['http'], rejected: 'a b' });
  assert.equal(names.parse('a b'), undefined);
  assert.equal(names.format(['http', 'pg']), 'http,pg');
});

test('paths and HTTP names have their forms, and none of them is the empty list', () => {
  assert.deepEqual(paths.parse('/a,*.css,b,/c?d,/e#f'), { value: ['/a', '*.css'], rejected: 'b,/c?d,/e#f' });
  assert.deepEqual(tokens.parse(['X-One', 'a b', "it's"]), { value: ['X-One', "it's"], rejected: 'a b' });
  for (const type of [names, paths, tokens]) {
    assert.deepEqual(type.parse('None'), { value: [] });
    assert.equal(type.format([]), 'none');
  }
});

test('patterns are anything without spaces', () => {
  assert.deepEqual(patterns.parse('process.*, host.?d'), { value: ['process.*', 'host.?d'] });
  assert.deepEqual(patterns.parse(['a b', 'c']), { value: ['c'], rejected: 'a b' });
});
