import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf, service } from '../support.ts';
import { stored, tables } from './tables.ts';

const ids = (traces: Iterable<{ summary: { id: string } }>): string[] =>
  Array.from(traces, ({ summary }) => summary.id);

// the file is named after one of the two, which have one contract
for (const [name, open] of Object.entries(tables)) {
  test(`${name}: a trace is what was appended, in that order, and the newest is the one appended to last`, async (t) => {
    const table = await open(t);
    const [a, b] = [stored({ spanId: idOf(1) }), stored({ spanId: idOf(2), isError: true, parentSpanId: idOf(1) })];
    assert.deepEqual(table.append('t1', [a], 1e6), { added: [a], leftOut: 0 });
    table.append('t2', [a], 1e6);
    assert.deepEqual(ids(table.newest()), ['t2', 't1']);
    table.append('t1', [b], 1e6);
    assert.deepEqual(ids(table.newest()), ['t1', 't2']);
    assert.equal(table.oldest()?.id, 't2');
    assert.equal(table.size, 2);
    const trace = table.get('t1');
    assert.deepEqual([...(trace?.spans() ?? [])], [a, b]);
    assert.deepEqual([trace?.summary.spanCount, trace?.summary.errorCount], [2, 1]);
    assert.equal(table.get('t3'), undefined);
  });

  test(`${name}: the very same span is not added twice, another of its id is`, async (t) => {
    const table = await open(t);
    const twin = stored({ startUs: 1 });
    table.append('t1', [stored(), twin, stored()], 1e6);
    assert.deepEqual(table.append('t1', [stored(), twin], 1e6), { added: [], leftOut: 0 });
    assert.equal(table.get('t1')?.summary.spanCount, 2);
  });

  test(`${name}: a trace takes no more than it may, and says how many spans it left out`, async (t) => {
    const table = await open(t);
    const spans = Array.from({ length: 100 }, (_, n) => stored({ spanId: idOf(n) }));
    const { added, leftOut } = table.append('t1', spans, 10_000);
    assert.ok(added.length > 5 && added.length < 50, String(added.length));
    assert.equal(added.length + leftOut, 100);
    assert.ok(table.bytes <= 10_000);
    assert.deepEqual(table.append('t2', spans.slice(0, 1), 10), { added: [], leftOut: 1 });
    assert.equal(table.size, 1);
  });

  test(`${name}: what is deleted takes its bytes with it, and a process goes with the last trace that names it`, async (t) => {
    const table = await open(t);
    const other = service('other', [{ key: 'k', type: 'string', value: 'v'.repeat(5000) }]);
    table.append('t1', [stored({ process: other })], 1e6);
    const alone = table.bytes;
    assert.ok(alone > 5000);
    table.append('t2', [stored({ process: other, kind: 'client' }), stored()], 1e6);
    assert.deepEqual(table.delete('t1'), [
      { serviceName: 'other', operationName: 'GET /users/:id', kind: 'server', count: 1 },
    ]);
    assert.deepEqual([...(table.get('t2')?.spans() ?? [])].map(({ process }) => process.serviceName).sort(), [
      'gateway',
      'other',
    ]);
    assert.ok(table.bytes > 5000);
    table.delete('t2');
    assert.deepEqual([table.bytes, table.size], [0, 0]);
    assert.deepEqual(table.delete('t2'), []);
  });

  test(`${name}: 1200 traces can be read while others come and go`, async (t) => {
    const table = await open(t);
    table.transaction(() => {
      for (let n = 0; n < 1200; n++) table.append(`t${n}`, [stored()], 1e6);
    });
    const seen: string[] = [];
    for (const { summary } of table.newest()) {
      seen.push(summary.id);
      if (seen.length === 10) {
        table.append('late', [stored()], 1e6);
        table.delete('t0');
        table.delete('t600');
      }
    }
    assert.equal(seen[0], 't1199');
    assert.equal(seen.at(-1), 't1');
    assert.ok(!seen.includes('late'));
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(seen.length >= 1198);
  });

  test(`${name}: operations are counted over all traces; nothing is left after clear`, async (t) => {
    const table = await open(t);
    table.append('t1', [stored(), stored({ spanId: idOf(2) })], 1e6);
    table.append('t2', [stored({ process: service('b'), kind: 'client' })], 1e6);
    const total = (serviceName: string): number =>
      table
        .operations()
        .filter((one) => one.serviceName === serviceName)
        .reduce((sum, { count }) => sum + count, 0);
    assert.deepEqual([total('gateway'), total('b')], [2, 1]);
    table.clear();
    assert.deepEqual([table.size, table.bytes, table.operations(), table.get('t1')], [0, 0, [], undefined]);
    table.append('t1', [stored()], 1e6);
    assert.equal(table.size, 1);
  });
}
