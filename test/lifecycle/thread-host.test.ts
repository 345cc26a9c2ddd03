import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause, until } from '../export/support.ts';
import { aGuest, aHost } from './threads.ts';

const busy = 'for (;;);';

test('what a thread hands over is adopted, as it comes or where the host asks', async (t) => {
  const { host, heard } = aHost();
  await aGuest(t, `carrier.spanEnded(); carrier.spanEnded(); carrier.send(parcel('one', 2)); tell('ready'); stay();`);
  await until(() => heard.adopted.length > 0);
  assert.deepEqual(heard.adopted, [{ exporter: 1, text: 'one', spans: 2 }]);
  host.close();
  assert.deepEqual(heard.lost, []);
});

test('what a thread has thrown away is counted by its reason', async (t) => {
  const { host, heard } = aHost();
  await aGuest(t, `carrier.spanEnded(); carrier.dropped('tooLarge', 1); tell('ready'); stay();`);
  host.close();
  assert.deepEqual(heard.lost, [{ exporter: 1, reason: 'tooLarge', spans: 1 }]);
});

test('a thread that answers hands over what it has while the host is blocked', async (t) => {
  const { host, heard } = aHost();
  const source = `carrier.spanEnded(); guest.asked().then(() => { carrier.send(parcel('rest', 1)); guest.close(); }); tell('ready'); stay();`;
  await aGuest(t, source);
  const startedMs = performance.now();
  host.collect(60_000);
  assert.ok(performance.now() - startedMs < 10_000);
  assert.deepEqual(heard.adopted, [{ exporter: 1, text: 'rest', spans: 1 }]);
  host.close();
  assert.deepEqual(heard.lost, []);
});

test('a thread that owes and does not answer is waited for a quarter of the time, and counted', async (t) => {
  const { host, heard } = aHost();
  await aGuest(t, `for (let n = 0; n < 3; n++) carrier.spanEnded(); tell('ready'); ${busy}`);
  const startedMs = performance.now();
  host.collect(400);
  const ms = performance.now() - startedMs;
  assert.ok(ms >= 95, String(ms));
  host.close();
  assert.deepEqual(heard.lost, [{ exporter: 1, reason: 'thread', spans: 3 }]);
  host.close();
  assert.equal(heard.lost.length, 1);
});

test('a busy thread that owes nothing is hardly waited for', async (t) => {
  const { host } = aHost();
  await aGuest(t, `tell('ready'); ${busy}`);
  const startedMs = performance.now();
  host.collect(60_000);
  assert.ok(performance.now() - startedMs < 10_000);
});

test('what a blocked thread has left is taken at the end, and before that when it is old', async (t) => {
  const source = `carrier.beforeBlocking(() => carrier.draft(parcel('draft', 1)));
    carrier.spanEnded(); tell('ready'); Atomics.wait(new Int32Array(workerData), 0, 0);`;
  const wanted = [{ exporter: 1, text: 'draft', spans: 1 }];
  const end = aHost();
  await aGuest(t, source, new SharedArrayBuffer(4));
  await pause(50);
  end.host.collect(60_000);
  assert.deepEqual(end.heard.adopted, wanted);
  const old = aHost(50);
  await aGuest(t, source, new SharedArrayBuffer(4));
  await until(() => old.heard.adopted.length > 0);
  assert.deepEqual(old.heard.adopted, wanted);
  old.host.close();
  assert.deepEqual(old.heard.lost, []);
});

test('a thread that blocks when it has been asked is not waited for any longer', async (t) => {
  const { host, heard } = aHost();
  const source = `carrier.beforeBlocking(() => carrier.draft(parcel('draft', 1)));
    carrier.spanEnded(); tell('ready');
    const endMs = performance.now() + 200; while (performance.now() < endMs);
    Atomics.wait(new Int32Array(workerData), 0, 0);`;
  await aGuest(t, source, new SharedArrayBuffer(4));
  const startedMs = performance.now();
  host.collect(120_000);
  assert.ok(performance.now() - startedMs < 20_000);
  assert.equal(heard.adopted.length, 1);
});

test('what a thread that is gone has not handed over is counted when the next begins, and its slot is free', async (t) => {
  const { host, heard } = aHost();
  for (let n = 0; n < 3; n++) {
    const { worker } = await aGuest(t, `carrier.spanEnded(); tell('ready'); ${busy}`);
    await worker.terminate();
  }
  assert.equal(heard.lost.length, 2);
  host.drain();
  assert.equal(heard.lost.length, 3);
  await aGuest(t, `tell('ready'); stay();`);
});

test('a thread’s flush is the host’s, and resolves after it', async (t) => {
  const { heard } = aHost();
  const { next } = await aGuest(
    t,
    `tell('ready'); guest.flush(performance.now() + 60_000).then(() => tell('flushed'));`,
  );
  await next();
  assert.equal(heard.flushes, 1);
});
