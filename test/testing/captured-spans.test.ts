import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CapturedSpans } from '../../src/testing/captured-spans.ts';
import { threeAndOne } from './support.ts';

const tree = ['server GET /users/:id', '  internal find user', '    client SELECT (error: timeout)', 'internal log'];

test('the tree has kinds, names and errors, and the attributes that are asked for', () => {
  assert.equal(threeAndOne.tree(), tree.join('\n'));
  const [, line] = threeAndOne.tree({ attributes: ['http.route', 'user.id'] }).split('\n');
  assert.equal(line, '  internal find user user.id=7');
  assert.equal(new CapturedSpans([]).tree(), '');
});

test('roots, children, and those like a pattern are lists of the same kind', () => {
  assert.deepEqual(
    [...threeAndOne.roots].map(({ name }) => name),
    ['GET /users/:id', 'log'],
  );
  assert.equal(threeAndOne.childrenOf(threeAndOne.get('find user')).get({ kind: 'client' }).name, 'SELECT');
  assert.equal(threeAndOne.like({ kind: 'internal' }).length, 2);
});

test('get gives the one span, else it throws with the tree', () => {
  assert.equal(threeAndOne.get(/SELECT/).statusMessage, 'timeout');
  assert.throws(() => threeAndOne.get('none'), { message: `no span is like "none" among\n${tree.join('\n')}` });
  assert.throws(() => threeAndOne.get({ kind: 'internal' }), /^Error: 2 spans are like \{"kind":"internal"\} among\n/);
  assert.throws(() => new CapturedSpans([]).get('x'), /no span is like "x" among\n\(no spans\)/);
});
