import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describePattern, isLike, type SpanPattern } from '../../src/testing/span-pattern.ts';
import { threeAndOne } from './support.ts';

const namesLike = (pattern: string | RegExp | SpanPattern) =>
  threeAndOne.all.filter((span) => isLike(span, pattern)).map(({ name }) => name);

test('a text is a whole name, a regular expression is looked for in it', () => {
  assert.deepEqual(namesLike('find user'), ['find user']);
  assert.deepEqual(namesLike('find'), []);
  assert.deepEqual(namesLike(/^(find|log)/g), ['find user', 'log']);
});

test('every part of a pattern must fit, and what it leaves out may be anything', () => {
  assert.deepEqual(namesLike({ kind: 'client' }), ['SELECT']);
  assert.deepEqual(namesLike({ status: 'error', statusMessage: /time/ }), ['SELECT']);
  assert.deepEqual(namesLike({ status: 'error', name: 'log' }), []);
  assert.deepEqual(namesLike({ event: 'written', scope: 'app' }), ['log']);
  assert.equal(namesLike({}).length, 4);
});

test('attributes are compared by value, by regular expression, or by a function; undefined is absent', () => {
  assert.deepEqual(namesLike({ attributes: { 'user.id': 7 } }), ['find user']);
  assert.deepEqual(namesLike({ attributes: { 'user.id': '7' } }), []);
  assert.deepEqual(namesLike({ attributes: { tags: ['x', 'y'] } }), ['find user']);
  assert.deepEqual(namesLike({ attributes: { 'http.route': /users/ } }), ['GET /users/:id']);
  assert.deepEqual(namesLike({ attributes: { 'user.id': (id: unknown) => Number(id) > 6 } }), ['find user']);
  assert.deepEqual(namesLike({ kind: 'internal', attributes: { 'user.id': undefined } }), ['log']);
});

test('a pattern is told in few words', () => {
  assert.equal(describePattern('a'), '"a"');
  assert.equal(describePattern(/a/i), '/a/i');
  assert.equal(describePattern({ name: /a/, attributes: { n: 1 } }), '{"name":"/a/","attributes":{"n":1}}');
});
