import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ThreadDraft } from '../../src/lifecycle/thread-draft.ts';

const body = Uint8Array.from([1, 2, 3]);

test('what one side writes the other takes once, and then it is gone for the writer', () => {
  const thread = new ThreadDraft();
  const host = new ThreadDraft(thread.shared);
  assert.equal(host.take(), undefined);
  assert.equal(thread.write({ body, spans: 7 }), true);
  const taken = host.take();
  assert.deepEqual(taken, { body, spans: 7 });
  // not shared: it is sent, and kept for as long as that takes
  assert.ok(taken?.body.buffer instanceof ArrayBuffer);
  assert.equal(host.take(), undefined);
  assert.equal(thread.takeBack(), false);
});

test('what the writer takes back the other does not get; after that it writes again', () => {
  const thread = new ThreadDraft();
  const host = new ThreadDraft(thread.shared);
  thread.write({ body, spans: 1 });
  assert.equal(thread.takeBack(), true);
  assert.equal(host.take(), undefined);
  thread.write({ body: body.subarray(1), spans: 2 });
  assert.deepEqual(host.take(), { body: body.slice(1), spans: 2 });
  assert.equal(thread.takeBack(), false);
  assert.equal(thread.takeBack(), true);
});

test('64 KiB fit, one byte more does not', () => {
  const draft = new ThreadDraft();
  assert.equal(draft.write({ body: new Uint8Array(65_536), spans: 1 }), true);
  assert.equal(draft.takeBack(), true);
  assert.equal(draft.write({ body: new Uint8Array(65_537), spans: 1 }), false);
  assert.equal(draft.take(), undefined);
});

test('of 20 000 drafts that two threads fight for, each goes to one of them, whole', async () => {
  const count = 20_000;
  const draft = new ThreadDraft();
  const file = new URL('../../src/lifecycle/thread-draft.ts', import.meta.url).href;
  const source = `import(${JSON.stringify(file)}).then(({ ThreadDraft }) => {
    const { workerData, parentPort } = require('worker_threads');
    const draft = new ThreadDraft(workerData);
    parentPort.postMessage('ready');
    let kept = 0;
    // On a busy machine the other side may not get to run for the whole fight: the first one waits for it.
    const sleep = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    for (let n = 1; n <= ${count}; n++) {
      draft.write({ body: new Uint8Array(n % 1000).fill(n), spans: n });
      if (n === 1) sleep();
      if (!draft.takeBack()) continue;
      if (n === 1) n = 0;
      else kept++;
    }
    parentPort.postMessage(kept);
  })`;
  const worker = new Worker(source, { eval: true, workerData: draft.shared });
  const messages: unknown[] = [];
  let taken = 0;
  worker.on('message', (message) => messages.push(message));
  while (messages.length < 2) {
    for (let tries = 0; tries < 1000; tries++) {
      const one = draft.take();
      if (one === undefined) continue;
      taken++;
      assert.equal(one.body.length, one.spans % 1000);
      assert.ok(one.body.every((byte) => byte === one.spans % 256));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(Number(messages[1]) + taken, count);
  assert.ok(taken > 0);
});
