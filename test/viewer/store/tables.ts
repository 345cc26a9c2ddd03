import { join } from 'node:path';
import { MemoryTable } from '../../../src/viewer/store/memory-table.ts';
import { SqliteTable } from '../../../src/viewer/store/sqlite-table.ts';
import { toStoredSpan, type StoredProcess, type StoredSpan } from '../../../src/viewer/store/stored-span.ts';
import type { TraceTable } from '../../../src/viewer/store/trace-table.ts';
import type { Process, Span } from '../../../src/viewer/span.ts';
import { tempDir } from '../../support/app.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { aSpan } from '../support.ts';

/** Both kinds of tables: what one does the other does too. */
export const tables: Readonly<Record<string, (t: Cleanup) => Promise<TraceTable>>> = {
  memory: async () => new MemoryTable(),
  sqlite: async (t) => {
    const table = SqliteTable.open(join(tempDir(t), 'traces.db'));
    t.after(() => table.close());
    return table;
  },
};

const interned = new Map<Process, StoredProcess>();

export function stored(given: Partial<Span> = {}): StoredSpan {
  const span = aSpan(given);
  const { process } = span;
  const known = interned.get(process) ?? { ...process, json: JSON.stringify(process) };
  interned.set(process, known);
  return toStoredSpan(span, known, span.operationName);
}
