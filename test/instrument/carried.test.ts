import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { carriedBy, carry } from '../../src/instrument/carried.ts';
import type { Exchange } from '../../src/instrument/exchange.ts';

const exchange = (): Exchange => ({ context: ROOT_CONTEXT, note() {} });

test('an object carries the exchange that it was given last', () => {
  const object = {};
  assert.equal(carriedBy(object), undefined);
  const [first, second] = [exchange(), exchange()];
  carry(object, first);
  assert.equal(carriedBy(object), first);
  carry(object, second);
  assert.equal(carriedBy(object), second);
  assert.equal(carriedBy({}), undefined);
});

test('a request that carries one has the same keys and is printed the same', () => {
  const bare = new IncomingMessage(new Socket());
  const carrying = new IncomingMessage(new Socket());
  carry(carrying, exchange());
  assert.deepEqual(Reflect.ownKeys(carrying), Reflect.ownKeys(bare));
  assert.equal(inspect(carrying, { showHidden: true, depth: 0 }), inspect(bare, { showHidden: true, depth: 0 }));
});

test('a frozen object can carry one', () => {
  const object = Object.freeze({});
  const given = exchange();
  carry(object, given);
  assert.equal(carriedBy(object), given);
});
