import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { SqliteTable } from '../../../src/viewer/store/sqlite-table.ts';
import { TraceStore } from '../../../src/viewer/store/trace-store.ts';
import { tempDir } from '../../support/app.ts';
import { start } from '../../support/run.ts';
import { aSpan, idOf, service } from '../support.ts';
import { stored } from './tables.ts';

// test/viewer/store/memory-table.test.ts tries what both tables do

test('what was there is there again: traces, their order, spans and sizes', async (t) => {
  const file = join(tempDir(t), 'traces.db');
  const first = SqliteTable.open(file);
  const span = stored({ process: service('other', [{ key: 'k', type: 'int64', value: 1 }]), durationNs: 2 ** 63 });
  first.append('t1', [stored(), span], 1e6);
  first.append('t2', [stored()], 1e6);
  first.append('t1', [stored({ spanId: idOf(3) })], 1e6);
  const { bytes } = first;
  first.close();
  const second = SqliteTable.open(file);
  t.after(() => second.close());
  assert.deepEqual([second.size, second.bytes, second.oldest()?.id], [2, bytes, 't2']);
  assert.deepEqual(
    [...(second.get('t1')?.spans() ?? [])].find(({ process }) => process.serviceName === 'other'),
    span,
  );
  second.append('t3', [stored()], 1e6);
  assert.deepEqual(
    Array.from(second.newest(), ({ summary }) => summary.id),
    ['t3', 't1', 't2'],
  );
});

test('a change that fails is no change', async (t) => {
  const table = SqliteTable.open(join(tempDir(t), 'traces.db'));
  t.after(() => table.close());
  table.append('t1', [stored()], 1e6);
  const before = [table.size, table.bytes];
  assert.throws(
    () =>
      table.transaction(() => {
        table.append('t2', [stored({ process: service('rolled back') })], 1e6);
        table.delete('t1');
        throw new Error('disk full');
      }),
    /disk full/,
  );
  assert.deepEqual([table.size, table.bytes], before);
  assert.ok(table.get('t1'));
  table.append('t3', [stored({ process: service('rolled back') })], 1e6);
  const [span] = table.get('t3')?.spans() ?? [];
  assert.equal(span?.process.serviceName, 'rolled back');
});

test('a file of another program, of another layout, or open in another viewer is not touched', async (t) => {
  const dir = tempDir(t);
  const foreign = join(dir, 'foreign.db');
  const database = new DatabaseSync(foreign);
  database.exec('CREATE TABLE theirs (id)');
  database.close();
  assert.throws(() => SqliteTable.open(foreign), /the database of another program/);
  const text = join(dir, 'text.db');
  writeFileSync(text, 'this is no database, but long enough to be taken for one '.repeat(100));
  assert.throws(() => SqliteTable.open(text), /not a database/);
  const ours = join(dir, 'ours.db');
  const open = SqliteTable.open(ours);
  assert.throws(() => SqliteTable.open(ours), /database is locked/);
  open.close();
  const newer = new DatabaseSync(ours);
  newer.exec('PRAGMA user_version = 2');
  newer.close();
  assert.throws(() => SqliteTable.open(ours), /its layout is 2, this version reads 1/);
});

test('a file that is written to for ever stays within its bound', async (t) => {
  const file = join(tempDir(t), 'traces.db');
  const table = SqliteTable.open(file);
  const store = new TraceStore(table, { maxBytes: 2e6 });
  t.after(() => store.close());
  const tags = [{ key: 'k', type: 'string', value: 'v'.repeat(2000) } as const];
  for (let round = 0; round < 40; round++) {
    const process = service(`service ${round}`, [{ key: 'round', type: 'string', value: 'x'.repeat(round) }]);
    store.add(Array.from({ length: 100 }, (_, n) => aSpan({ traceId: idOf(round * 100 + n, 32), process, tags })));
  }
  assert.ok(store.counts.evicted > 2000, `${store.counts.evicted} evicted`);
  assert.ok(store.counts.bytes <= 2e6);
  const { size } = statSync(file);
  assert.ok(size < 4e6, `${size} bytes on disk`);
  assert.ok(store.services().length < 15, store.services().join());
});

test('SIGKILL in the middle of writing loses no trace that was acknowledged', async (t) => {
  const file = join(tempDir(t), 'traces.db');
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { SqliteTable } = await import(${url('../../../src/viewer/store/sqlite-table.ts')});
    const { TraceStore } = await import(${url('../../../src/viewer/store/trace-store.ts')});
    const { aSpan, idOf } = await import(${url('../support.ts')});
    const store = new TraceStore(SqliteTable.open(${JSON.stringify(file)}), { maxBytes: 1e9 });
    for (let n = 0; ; n++) {
      store.add([1, 2, 3].map((s) => aSpan({ traceId: idOf(n, 32), spanId: idOf(s) })));
      process.stdout.write('acknowledged ' + n + '\\n');
      if (n % 50 === 0) await new Promise(setImmediate);
    }`;
  const running = start(t, { node: process.execPath, args: ['--input-type=module', '-e', program] });
  await running.ready(/acknowledged 300\n/);
  running.signal('SIGKILL');
  const { stdout } = await running.ended;
  const acknowledged = stdout.match(/acknowledged \d+\n/g)?.length ?? 0;
  const table = SqliteTable.open(file);
  t.after(() => table.close());
  assert.ok(table.size >= acknowledged, `${table.size} of ${acknowledged}`);
  for (const trace of table.newest()) {
    assert.equal(trace.summary.spanCount, 3);
    assert.equal([...trace.spans()].length, 3);
  }
});
