import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceList } from '../../../../src/viewer/page/list/trace-list.ts';
import type { TraceRow } from '../../../../src/viewer/page-protocol.ts';

const row = (id: string, startUs: number, durationUs = 1, spans = 1, errors = 0): TraceRow => [
  id,
  startUs,
  durationUs,
  spans,
  errors,
  'service',
  'operation',
  ['service'],
];
const ids = (list: TraceList): string => list.rows.value.map(([id]) => id).join(' ');

test('the newest first, and each trace once, in its last version', () => {
  const list = new TraceList();
  list.take([row('b', 2), row('a', 1)]);
  list.complete();
  assert.equal(ids(list), 'b a');
  list.take([row('c', 3), row('a', 1, 1, 7)]);
  assert.equal(ids(list), 'c b a');
  assert.equal(list.rows.value.find(([id]) => id === 'a')?.[3], 7);
  list.takeGone(['b', 'nobody']);
  assert.equal(ids(list), 'c a');
});

test('the first rows are shown at once, of the others some at a time, and all when they are complete', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const list = new TraceList();
  list.take([row('a', 1)]);
  assert.equal(ids(list), 'a');
  list.take([row('b', 2)]);
  list.take([row('c', 3)]);
  assert.equal(ids(list), 'a');
  t.mock.timers.tick(250);
  assert.equal(ids(list), 'c b a');
  list.take([row('d', 4)]);
  list.complete();
  assert.equal(ids(list), 'd c b a');
  assert.ok(list.isComplete.value);
  list.clear();
  assert.deepEqual([ids(list), list.isComplete.value], ['', false]);
});

test('other orders', () => {
  const list = new TraceList();
  list.take([row('a', 1, 5, 2, 0), row('b', 2, 9, 1, 3), row('c', 3, 7, 8, 3)]);
  list.complete();
  for (const [key, order] of [
    ['longest', 'b c a'],
    ['spans', 'c a b'],
    ['errors', 'c b a'],
    ['newest', 'c b a'],
  ] as const) {
    list.sort(key);
    assert.equal(ids(list), order, key);
  }
  list.sort('longest');
  list.take([row('d', 4, 8)]);
  assert.equal(ids(list), 'b d c a');
});

test('100 000 rows, and changes among them', () => {
  const list = new TraceList();
  for (let part = 0; part < 100; part++) {
    list.take(Array.from({ length: 1000 }, (_, n) => row(`t${part * 1000 + n}`, part * 1000 + n)));
  }
  list.complete();
  assert.equal(list.rows.value.length, 100_000);
  assert.equal(list.rows.value[0]?.[0], 't99999');
  for (let n = 0; n < 20; n++) list.take([row(`new${n}`, 200_000 + n), row(`t${n}`, n, 5)]);
  list.takeGone(['t500']);
  assert.equal(list.rows.value.length, 100_019);
  assert.equal(list.rows.value[0]?.[0], 'new19');
});
