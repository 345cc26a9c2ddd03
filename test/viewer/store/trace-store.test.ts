import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceStore, type StoreChange } from '../../../src/viewer/store/trace-store.ts';
import { MemoryTable } from '../../../src/viewer/store/memory-table.ts';
import { aSpan, idOf, service, storeOf } from '../support.ts';

test('spans of many traces in one batch become traces, and the change is told once', () => {
  const store = storeOf([]);
  const changes: StoreChange[] = [];
  const stop = store.onChange((change) => void changes.push(change));
  const [a, b] = [idOf(1, 32), idOf(2, 32)];
  store.add([aSpan({ traceId: a }), aSpan({ traceId: b }), aSpan({ traceId: a, spanId: idOf(2) })]);
  assert.deepEqual(
    changes.map(({ changed, removed }) => [[...changed], [...removed]]),
    [[[a, b], []]],
  );
  // the same again is no change
  store.add([aSpan({ traceId: a })]);
  assert.equal(changes.length, 1);
  stop();
  store.add([aSpan({ traceId: idOf(3, 32) })]);
  assert.equal(changes.length, 1);
  assert.equal(store.counts.received, 5);
});

test('the oldest traces go when there is no room, and their services with them', () => {
  const store = storeOf([aSpan({ traceId: idOf(0, 32), process: service('first') })], { maxBytes: 20_000 });
  const removed: string[] = [];
  store.onChange((change) => void removed.push(...change.removed));
  for (let n = 1; n <= 100; n++) store.add([aSpan({ traceId: idOf(n, 32) })]);
  const { traces, bytes, evicted } = store.counts;
  assert.ok(bytes <= 20_000 && bytes > 15_000, String(bytes));
  assert.equal(traces + evicted, 101);
  assert.equal(removed.length, evicted);
  assert.equal(removed[0], idOf(0, 32));
  assert.deepEqual(store.services(), ['gateway']);
  assert.equal(store.get(idOf(0, 32)), undefined);
  assert.ok(store.get(idOf(100, 32)));
});

test('one trace without an end takes a quarter of the room, and what is left out is counted', () => {
  const store = storeOf([aSpan({ traceId: idOf(1, 32) })], { maxBytes: 100_000 });
  for (let n = 0; n < 300; n++) store.add([aSpan({ traceId: idOf(2, 32), spanId: idOf(n) })]);
  const endless = store.get(idOf(2, 32))?.summary;
  assert.ok(endless && endless.bytes <= 25_000);
  assert.equal(endless.spanCount + store.counts.leftOut, 300);
  assert.ok(store.get(idOf(1, 32)), 'the other trace is still there');
});

test('traces go when they are too old', (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_000_000 });
  const store = storeOf([aSpan({ traceId: idOf(1, 32) })], { maxBytes: 1e6, maxAgeMs: 120_000 });
  t.after(() => store.close());
  t.mock.timers.tick(90_000);
  store.add([aSpan({ traceId: idOf(2, 32) })]);
  assert.equal(store.counts.traces, 2);
  t.mock.timers.tick(90_000);
  assert.deepEqual(
    Array.from(store.newest(), ({ summary }) => summary.id),
    [idOf(2, 32)],
  );
  t.mock.timers.tick(120_000);
  assert.equal(store.counts.traces, 0);
});

test('batches of one process share it in memory', () => {
  const store = storeOf([]);
  for (let n = 0; n < 3; n++) store.add([aSpan({ traceId: idOf(n, 32), process: service('a') })]);
  const processes = new Set(Array.from(store.newest(), (trace) => [...trace.spans()][0]?.process));
  assert.equal(processes.size, 1);
});

test('clear forgets all and says so', () => {
  const store = storeOf([aSpan()]);
  const removed: string[] = [];
  store.onChange((change) => void removed.push(...change.removed));
  store.clear();
  assert.deepEqual(removed, [aSpan().traceId]);
  assert.deepEqual([store.counts.traces, store.services(), store.operations('gateway')], [0, [], []]);
});

test('a table that cannot take a change leaves the store as it was', () => {
  class FullTable extends MemoryTable {
    override transaction<T>(write: () => T): T {
      write();
      throw new Error('disk full');
    }
  }
  let isFull = false;
  const table = new FullTable();
  const transaction = table.transaction.bind(table);
  table.transaction = (write) => (isFull ? transaction(write) : write());
  const store = new TraceStore(table, { maxBytes: 1e6 });
  isFull = true;
  const changes: StoreChange[] = [];
  store.onChange((change) => void changes.push(change));
  assert.throws(() => store.add([aSpan()]), /disk full/);
  assert.deepEqual([store.services(), changes, store.counts.leftOut], [[], [], 0]);
});
