import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { atEndOf, type Closable } from '../../src/instrument/at-end-of.ts';
import { carry } from '../../src/instrument/carried.ts';

function response(fields: { readonly closed?: boolean } = {}): Closable {
  return Object.assign(new EventEmitter(), fields);
}

test('of a response that is nobody’s, at its close', () => {
  const one = response({ closed: false });
  let done = 0;
  atEndOf(one, () => done++);
  assert.equal(done, 0);
  one.emit('close');
  one.emit('close');
  assert.equal(done, 1);
});

test('of one that has been closed, now', () => {
  const one = response({ closed: true });
  let done = 0;
  atEndOf(one, () => done++);
  assert.deepEqual([done, one.listenerCount('close')], [1, 0]);
});

test('of one of an exchange of ours, with that, and by a listener only where it is over', () => {
  const works: (() => void)[] = [];
  const exchange = { context: ROOT_CONTEXT, note: () => {}, beforeEnd: (work: () => void) => works.push(work) === 1 };
  const one = response();
  carry(one, exchange);
  let done = 0;
  atEndOf(one, () => done++);
  assert.deepEqual([one.listenerCount('close'), works.length], [0, 1]);
  works[0]?.();
  atEndOf(one, () => done++);
  one.emit('close');
  assert.equal(done, 2);
});
