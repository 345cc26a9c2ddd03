import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { aGuest, aHost } from './threads.ts';

test('terminate() gets what an idle thread has, at once, and returns what it returns', async (t) => {
  const { host, heard } = aHost();
  const { worker } = await aGuest(
    t,
    `carrier.spanEnded(); guest.asked().then(() => { carrier.send(parcel('rest', 1)); guest.close(); }); tell('ready'); stay();`,
  );
  assert.equal(await worker.terminate(), 1);
  host.close();
  assert.deepEqual([heard.adopted.length, heard.lost], [1, []]);
});

test('terminate() does not wait for a busy thread, but for 50 ms where that owes spans', async (t) => {
  const { host, heard } = aHost();
  const { worker } = await aGuest(t, `carrier.spanEnded(); tell('ready'); for (;;);`);
  const startedMs = performance.now();
  const ending = worker.terminate();
  const ms = performance.now() - startedMs;
  assert.ok(ms >= 45, String(ms));
  await ending;
  host.close();
  assert.deepEqual(heard.lost, [{ exporter: 1, reason: 'thread', spans: 1 }]);
});

test('a thread below another is asked when that one is terminated, and counted when that one is gone', async (t) => {
  const { host, heard } = aHost();
  // Both run the same code; the one below has its own name.
  const answering = `carrier.spanEnded(); guest.asked().then(() => { carrier.send(parcel('rest', 1)); guest.close(); });`;
  const below = (source: string): string => `
    const { Worker: Thread } = require('node:worker_threads');
    const code = 'import(' + JSON.stringify(workerData) + ').then(({ ThreadGuest, hosting }) => {' +
      'const guest = ThreadGuest.join(hosting()); const carrier = guest.carrier(1);' +
      'const parcel = (text, spans) => ({ body: Buffer.from(text), contentType: "x", spans });' +
      ${JSON.stringify(source)} + 'require("node:worker_threads").parentPort.postMessage(1); setInterval(() => {}, 1000); })';
    new Thread(code, { eval: true, execArgv: [] }).on('message', () => tell('ready'));`;
  const guestUrl = new URL('../../src/lifecycle/thread-guest.ts', import.meta.url).href;
  const { worker } = await aGuest(t, answering + below(answering), guestUrl);
  await worker.terminate();
  host.drain();
  assert.equal(heard.adopted.length, 2);

  const { worker: other } = await aGuest(t, below('carrier.spanEnded();'), guestUrl);
  await other.terminate();
  host.drain();
  assert.deepEqual(heard.lost, [{ exporter: 1, reason: 'thread', spans: 1 }]);
});

test('what listens for threads keeps no process alive, and threads end as they would', async (t) => {
  aHost();
  const { worker } = await aGuest(t, `tell('ready');`);
  assert.deepEqual(await once(worker, 'exit'), [0]);
});
