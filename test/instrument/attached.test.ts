import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { attachedEndsWithTask } from '../../src/instrument/attached.ts';

test('it says whether the next callback of a connection finds what was attached in the one before', async (t) => {
  const storage = new AsyncLocalStorage<number>();
  const found: unknown[] = [];
  const server = createServer((socket) => {
    socket.on('data', () => {
      found.push(storage.getStore());
      storage.enterWith(found.length);
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => client.destroy());
  for (let chunk = 1; chunk <= 2; chunk++) {
    client.write('x');
    while (found.length < chunk) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(found, [undefined, attachedEndsWithTask ? undefined : 1]);
});

test('finding out leaves nothing attached, and the storages of others as they are', () => {
  const storage = new AsyncLocalStorage<string>();
  storage.run('mine', () => assert.equal(storage.getStore(), 'mine'));
  assert.equal(storage.getStore(), undefined);
});
