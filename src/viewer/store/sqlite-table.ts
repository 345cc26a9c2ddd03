import type { DatabaseSync as Database, StatementSync } from 'node:sqlite';
import { loadBuiltin } from '../../core/builtin.ts';
import { bytesOfProcess, bytesOfSpan, spanKey, type StoredProcess, type StoredSpan } from './stored-span.ts';
import { addToSummary, emptySummary, TRACE_BYTES, type TraceSummary } from './trace-summary.ts';
import type { OperationCount, StoredTrace, TraceTable } from './trace-table.ts';

/** Changed whenever a file of an older version cannot be read as it is. */
const LAYOUT = 1;
/** "opre": tells our files from other people's, see https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x6f707265;
const PAGE_OF_TRACES = 500;
const BUSY_MS = 500;

/**
 * Times are REAL: what a sender calls a time may be no integer that JavaScript has.
 */
const SCHEMA = `
  CREATE TABLE processes (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE uses (process INTEGER NOT NULL, trace TEXT NOT NULL, PRIMARY KEY (process, trace)) STRICT, WITHOUT ROWID;
  CREATE TABLE traces (
    id TEXT PRIMARY KEY, arrival INTEGER NOT NULL, bytes INTEGER NOT NULL, summary TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX by_arrival ON traces (arrival);
  CREATE TABLE spans (
    trace TEXT NOT NULL, key TEXT NOT NULL, process INTEGER NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL,
    operation TEXT NOT NULL, kind TEXT NOT NULL, startUs REAL NOT NULL, durationNs REAL NOT NULL, error INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX by_trace ON spans (trace, key);
`;

interface SpanRow {
  readonly process: number;
  readonly id: string;
  readonly parent: string;
  readonly operation: string;
  readonly kind: string;
  readonly startUs: number;
  readonly durationNs: number;
  readonly error: number;
  readonly body: string;
}

interface TraceRow {
  readonly arrival: number;
  readonly summary: string;
}

/**
 * Traces in an SQLite file, which the end of the process, however it ends, leaves whole.
 *
 * A write-ahead log without a sync at each change: a power failure may cost the last changes, a killed process none.
 */
export class SqliteTable implements TraceTable {
  readonly #database: Database;
  readonly #statements = new Map<string, StatementSync>();
  readonly #processIds = new Map<string, number>();
  readonly #processes = new Map<number, StoredProcess>();
  #arrival: number;
  #size: number;
  #bytes: number;
  #isInTransaction = false;

  private constructor(database: Database) {
    this.#database = database;
    const { arrival, size, bytes } = this.#run(
      'SELECT coalesce(max(arrival), 0) AS arrival, count(*) AS size, coalesce(sum(bytes), 0) AS bytes FROM traces',
    ).get() as { arrival: number; size: number; bytes: number };
    this.#arrival = arrival;
    this.#size = size;
    this.#bytes = bytes;
  }

  /**
   * Opens a file, or makes it.
   *
   * @throws where this Node.js has no SQLite, or the file is none of ours
   */
  static open(file: string): SqliteTable {
    const { DatabaseSync } = loadSqlite();
    const database = new DatabaseSync(file);
    try {
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      const pragma = (name: string): unknown => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
      const [application, layout] = [pragma('application_id'), pragma('user_version')];
      const isNew = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
      if (!isNew && application !== APPLICATION_ID) throw new Error('this is the database of another program');
      if (!isNew && layout !== LAYOUT) throw new Error(`its layout is ${String(layout)}, this version reads ${LAYOUT}`);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      // a second viewer on the same file would not see what this one keeps in memory
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
      if (isNew) {
        database.exec(
          `BEGIN; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${LAYOUT}; COMMIT`,
        );
      }
      return new SqliteTable(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(id: string): StoredTrace | undefined {
    const row = this.#run('SELECT arrival, summary FROM traces WHERE id = ?').get(id) as TraceRow | undefined;
    return row && this.#toTrace(row);
  }

  append(id: string, spans: readonly StoredSpan[], maxBytes: number): { added: StoredSpan[]; leftOut: number } {
    const known = this.#run('SELECT arrival, summary FROM traces WHERE id = ?').get(id) as TraceRow | undefined;
    const summary = known ? parseSummary(known.summary) : emptySummary(id);
    const bytesBefore = summary.bytes;
    const processes = new Set<StoredProcess>();
    const added: StoredSpan[] = [];
    let leftOut = 0;
    for (const span of spans) {
      const key = spanKey(span, (one) => this.#spanAt(id, one));
      if (key === undefined) continue;
      const isNewProcess = !processes.has(span.process);
      const ofTrace = summary.spanCount === 0 ? TRACE_BYTES : 0;
      const bytes = ofTrace + bytesOfSpan(span) + (isNewProcess ? bytesOfProcess(span.process) : 0);
      if (key === null || summary.bytes + bytes > maxBytes) {
        leftOut++;
        continue;
      }
      processes.add(span.process);
      this.#insert(id, key, span, isNewProcess);
      addToSummary(summary, span);
      summary.bytes += bytes;
      added.push(span);
    }
    if (summary.spanCount === 0) return { added, leftOut };
    summary.updatedMs = Date.now();
    this.#run(
      `INSERT INTO traces (id, arrival, bytes, summary) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET arrival = excluded.arrival, bytes = excluded.bytes, summary = excluded.summary`,
    ).run(id, ++this.#arrival, summary.bytes, JSON.stringify(summary));
    this.#bytes += summary.bytes - bytesBefore;
    if (known === undefined) this.#size++;
    return { added, leftOut };
  }

  delete(id: string): readonly OperationCount[] {
    const row = this.#run('SELECT bytes FROM traces WHERE id = ?').get(id) as { bytes: number } | undefined;
    if (row === undefined) return [];
    const counts = this.#counts('WHERE trace = ?', id);
    for (const process of this.#processesOf(id)) this.#release(process, id);
    this.#run('DELETE FROM spans WHERE trace = ?').run(id);
    this.#run('DELETE FROM traces WHERE id = ?').run(id);
    this.#bytes -= row.bytes;
    this.#size--;
    return counts;
  }

  oldest(): Readonly<TraceSummary> | undefined {
    const row = this.#run('SELECT summary FROM traces ORDER BY arrival LIMIT 1').get() as TraceRow | undefined;
    return row && parseSummary(row.summary);
  }

  /** In pages: no statement stays open while the traces change. */
  *newest(): Iterable<StoredTrace> {
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const rows = this.#run(
        `SELECT arrival, summary FROM traces WHERE arrival < ? ORDER BY arrival DESC LIMIT ${PAGE_OF_TRACES}`,
      ).all(before) as unknown as TraceRow[];
      for (const row of rows) yield this.#toTrace(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_OF_TRACES) return;
      before = last.arrival;
    }
  }

  operations(): readonly OperationCount[] {
    return this.#counts('');
  }

  clear(): void {
    const all = 'DELETE FROM spans; DELETE FROM traces; DELETE FROM uses; DELETE FROM processes';
    this.transaction(() => this.#database.exec(all));
    this.#processIds.clear();
    this.#processes.clear();
    this.#size = 0;
    this.#bytes = 0;
  }

  transaction<T>(write: () => T): T {
    if (this.#isInTransaction) return write();
    this.#database.exec('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
    const before = { size: this.#size, bytes: this.#bytes };
    try {
      const result = write();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      this.#processIds.clear();
      ({ size: this.#size, bytes: this.#bytes } = before);
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #run(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #toTrace({ summary }: TraceRow): StoredTrace {
    const parsed = parseSummary(summary);
    const rows = (): SpanRow[] =>
      this.#run(`${SELECT_SPANS} WHERE trace = ? ORDER BY rowid`).all(parsed.id) as unknown as SpanRow[];
    return { summary: parsed, spans: () => rows().map((row) => this.#toSpan(row)) };
  }

  #spanAt(trace: string, key: string): StoredSpan | undefined {
    const row = this.#run(`${SELECT_SPANS} WHERE trace = ? AND key = ?`).get(trace, key) as SpanRow | undefined;
    return row && this.#toSpan(row);
  }

  #toSpan({ process, id, parent, operation, kind, startUs, durationNs, error, body }: SpanRow): StoredSpan {
    return {
      spanId: id,
      parentSpanId: parent,
      process: this.#process(process),
      operationName: operation,
      kind: kind as StoredSpan['kind'],
      startUs,
      durationNs,
      isError: error === 1,
      body,
    };
  }

  #insert(trace: string, key: string, span: StoredSpan, isNewProcess: boolean): void {
    const process = this.#processId(span.process);
    if (isNewProcess) this.#run('INSERT OR IGNORE INTO uses VALUES (?, ?)').run(process, trace);
    this.#run('INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      trace,
      key,
      process,
      span.spanId,
      span.parentSpanId,
      span.operationName,
      span.kind,
      span.startUs,
      span.durationNs,
      span.isError ? 1 : 0,
      span.body,
    );
  }

  #processId(process: StoredProcess): number {
    const known = this.#processIds.get(process.json);
    if (known !== undefined) return known;
    const { id } = this.#run(
      'INSERT INTO processes (json) VALUES (?) ON CONFLICT DO UPDATE SET json = json RETURNING id',
    ).get(process.json) as { id: number };
    if (this.#processIds.size >= MAX_KNOWN) this.#processIds.clear();
    this.#processIds.set(process.json, id);
    return id;
  }

  #processesOf(trace: string): number[] {
    const rows = this.#run('SELECT DISTINCT process FROM spans WHERE trace = ?').all(trace);
    return (rows as unknown as Pick<SpanRow, 'process'>[]).map(({ process }) => process);
  }

  /** A process goes with the last trace that names it. */
  #release(process: number, trace: string): void {
    this.#run('DELETE FROM uses WHERE process = ? AND trace = ?').run(process, trace);
    if (this.#run('SELECT 1 FROM uses WHERE process = ? LIMIT 1').get(process) !== undefined) return;
    const row = this.#run('DELETE FROM processes WHERE id = ? RETURNING json').get(process) as
      | { json: string }
      | undefined;
    this.#processes.delete(process);
    if (row !== undefined) this.#processIds.delete(row.json);
  }

  #process(id: number): StoredProcess {
    const known = this.#processes.get(id);
    if (known !== undefined) return known;
    const { json } = this.#run('SELECT json FROM processes WHERE id = ?').get(id) as { json: string };
    const process: StoredProcess = { ...(JSON.parse(json) as Omit<StoredProcess, 'json'>), json };
    if (this.#processes.size >= MAX_KNOWN) this.#processes.clear();
    this.#processes.set(id, process);
    return process;
  }

  #counts(where: string, ...values: string[]): OperationCount[] {
    const rows = this.#run(
      `SELECT process, operation, kind, count(*) AS count FROM spans ${where} GROUP BY process, operation, kind`,
    ).all(...values) as unknown as (Pick<SpanRow, 'process' | 'operation' | 'kind'> & { count: number })[];
    return rows.map(({ process, operation, kind, count }) => ({
      serviceName: this.#process(process).serviceName,
      operationName: operation,
      kind: kind as StoredSpan['kind'],
      count,
    }));
  }
}

/** Node.js 22 warns that its SQLite is an experiment, which is nothing that the user could change. */
function loadSqlite(): typeof import('node:sqlite') {
  const emitWarning: typeof process.emitWarning = Reflect.get(process, 'emitWarning');
  process.emitWarning = () => {};
  try {
    const sqlite = loadBuiltin('node:sqlite') as typeof import('node:sqlite') | undefined;
    if (sqlite !== undefined) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new Error(`that needs Node.js 22.13 or later, and this is ${process.versions.node}`);
}

const MAX_KNOWN = 5000;
const SELECT_SPANS = 'SELECT process, id, parent, operation, kind, startUs, durationNs, error, body FROM spans';

function parseSummary(text: string): TraceSummary {
  const summary = JSON.parse(text) as TraceSummary;
  return { ...summary, services: Object.assign(Object.create(null) as Record<string, number>, summary.services) };
}
