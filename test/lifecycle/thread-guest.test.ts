import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hosting } from '../../src/lifecycle/thread-guest.ts';
import { aGuest, aHost } from './threads.ts';

/** A thread that sleeps hears nothing. */
const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('a thread learns where its host sends to', async (t) => {
  aHost();
  const { next } = await aGuest(t, `tell('ready'); tell(hosting().choices);`);
  assert.deepEqual(await next(), ['first', 'second']);
  assert.equal(hosting()?.parent, 0);
});

test('handed over is handed over: the thread may be gone in the next moment', async (t) => {
  const { host, heard } = aHost();
  await aGuest(
    t,
    `for (let n = 0; n < 100; n++) { carrier.spanEnded(); carrier.send(parcel('x'.repeat(10_000), 1)); } tell('ready'); process.exit();`,
  );
  host.drain();
  assert.equal(heard.adopted.length, 100);
});

test('the bytes that wait for a host that does not hear are known', async (t) => {
  aHost();
  const source = `tell('ready');
    parentPort.once('message', () => {
      carrier.send(parcel('12345', 1));
      const before = carrier.waitingBytes;
      setInterval(() => carrier.waitingBytes === 0 && tell(before), 5);
    });`;
  const { worker, next } = await aGuest(t, source);
  worker.postMessage('go on');
  sleep(200);
  assert.equal(await next(), 5);
});

test('only a wait of more than 10 ms is blocking, and Atomics.wait is to the app what it was', async (t) => {
  aHost();
  const source = `const told = [];
    carrier.beforeBlocking(() => told.push('blocking'));
    const words = new Int32Array(new SharedArrayBuffer(4));
    for (const args of [[0, 5], [0, 15], [1]]) told.push(Atomics.wait(words, 0, ...args));
    const { name, length } = Atomics.wait;
    told.push(name, length, Object.getOwnPropertyDescriptor(Atomics, 'wait').enumerable);
    tell('ready'); tell(told);`;
  const { next } = await aGuest(t, source);
  assert.deepEqual(await next(), ['timed-out', 'blocking', 'timed-out', 'blocking', 'not-equal', 'wait', 4, false]);
});

test('a draft is taken back where the host has not taken it, and has gone where it has', async (t) => {
  const { host, heard } = aHost();
  const source = `carrier.spanEnded(); carrier.draft(parcel('a', 1)); const kept = carrier.takeBack();
    carrier.draft(parcel('b', 1)); tell('ready');
    require('node:worker_threads').parentPort.once('message', () => tell([kept, carrier.takeBack()]));`;
  const { worker, next } = await aGuest(t, source);
  host.collect(0);
  assert.deepEqual(heard.adopted, [{ exporter: 1, text: 'b', spans: 1 }]);
  worker.postMessage('go on');
  assert.deepEqual(await next(), [true, false]);
});

test('a flush that nobody makes ends at its deadline', async (t) => {
  aHost();
  const { next } = await aGuest(t, `tell('ready'); guest.flush(performance.now() + 50).then(() => tell('flushed'));`);
  sleep(200);
  assert.equal(await next(), 'flushed');
});
