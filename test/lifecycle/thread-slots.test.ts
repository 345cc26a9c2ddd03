import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ThreadSlots, type ThreadSlot } from '../../src/lifecycle/thread-slots.ts';

const claimed = (slots: ThreadSlots, thread: number, parent = 0): ThreadSlot =>
  slots.claim(thread, parent) ?? assert.fail('no slot');
const ids = (slots: readonly ThreadSlot[]): number[] => slots.map(({ thread }) => thread);

test('what a thread writes its host reads, exporter by exporter', () => {
  const host = new ThreadSlots(2);
  const slot = claimed(new ThreadSlots(host.shared), 7, 3);
  slot.ended(0);
  for (let span = 0; span < 5; span++) slot.ended(1);
  const [seen = assert.fail()] = host.inUse();
  assert.deepEqual([seen.thread, seen.parent, seen.index], [7, 3, slot.index]);
  assert.deepEqual([seen.notTaken(0), seen.notTaken(1), seen.owes], [1, 5, true]);
  seen.taken(0, 1, 100);
  seen.taken(1, 3, 50);
  assert.deepEqual([slot.notTaken(0), slot.notTaken(1), slot.owes], [0, 2, true]);
  assert.deepEqual([slot.bytesTaken(0), slot.bytesTaken(1)], [100, 50]);
  slot.drafted(1, 2);
  assert.deepEqual([seen.notTaken(1), seen.owes], [2, false]);
});

test('256 threads have a slot, the next has none until one is free again, and begins at nothing', () => {
  const slots = new ThreadSlots(1);
  const all = Array.from({ length: 256 }, (_, n) => claimed(slots, n + 1));
  assert.equal(slots.claim(257, 0), undefined);
  all[9]?.ended(0);
  all[9]?.leave();
  assert.equal(slots.claim(257, 0), undefined);
  all[9]?.free();
  const again = claimed(slots, 257);
  assert.deepEqual([again.index, again.notTaken(0), again.hasLeft], [9, 0, false]);
});

test('a thread ends with those above it', () => {
  const slots = new ThreadSlots(1);
  for (const [thread, parent] of [
    [4, 3],
    [1, 0],
    [2, 0],
    [3, 1],
  ] as const)
    claimed(slots, thread, parent);
  assert.deepEqual(new Set(ids(slots.under(0))), new Set([1, 2, 3, 4]));
  assert.deepEqual(ids(slots.under(1)), [3, 4]);
  assert.deepEqual(ids(slots.of(3)), [3, 4]);
  assert.deepEqual(ids(slots.under(2)), []);
});

test('who is asked hears it, and who asks hears the answer; who has left is not waited for', async () => {
  const slots = new ThreadSlots(1);
  const slot = claimed(slots, 1);
  slot.waitForAnswer(60_000);
  const asked = slot.asked();
  slot.ask();
  await asked;
  const startedMs = performance.now();
  slot.waitForAnswer(50);
  assert.ok(performance.now() - startedMs >= 45);
  slot.end();
  slot.waitForAnswer(60_000);
  assert.equal(slot.hasLeft, false);
  const other = claimed(slots, 2);
  other.end();
  other.ask();
  other.waitForAnswer(60_000);
  assert.equal(other.hasLeft, true);
});

test('a blocked asker wakes when the thread answers, and the thread wakes from its event loop', async () => {
  const slots = new ThreadSlots(1);
  const file = new URL('../../src/lifecycle/thread-slots.ts', import.meta.url).href;
  const source = `import(${JSON.stringify(file)}).then(({ ThreadSlots }) => {
    const { workerData, parentPort } = require('worker_threads');
    const slot = new ThreadSlots(workerData).claim(1, 0);
    setInterval(() => {}, 1000);
    slot.asked().then(() => { slot.ended(0); slot.end(); });
    parentPort.postMessage('ready');
  })`;
  const worker = new Worker(source, { eval: true, workerData: slots.shared });
  await new Promise((resolve) => worker.once('message', resolve));
  const [slot = assert.fail()] = slots.inUse();
  slot.ask();
  slot.waitForAnswer(60_000);
  assert.equal(slot.notTaken(0), 1);
  await worker.terminate();
});

test('who waits for the second flush hears of that, and one who comes late need not wait', async () => {
  const slot = claimed(new ThreadSlots(1), 1);
  let heard = 0;
  const waiting = slot.flushedTimes(2).then(() => heard++);
  slot.flushed();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(heard, 0);
  slot.flushed();
  await waiting;
  await slot.flushedTimes(1);
});

test('a thread waits until its host listens', () => {
  const slots = new ThreadSlots(1);
  const startedMs = performance.now();
  slots.waitForHost(50);
  assert.ok(performance.now() - startedMs >= 45);
  slots.listening();
  slots.waitForHost(60_000);
});
