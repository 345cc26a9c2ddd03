import type { Process, Span } from '../span.ts';
import { countOperations, OperationIndex, type Operation } from './operation-index.ts';
import { toStoredSpan, type StoredProcess, type StoredSpan } from './stored-span.ts';
import type { OperationCount, StoredTrace, TraceTable } from './trace-table.ts';

export interface StoreLimits {
  /** About what all traces together may take; the oldest go first. */
  readonly maxBytes: number;
  /** Traces whose last span is older go; default: none do. */
  readonly maxAgeMs?: number;
}

export interface StoreCounts {
  readonly traces: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Spans taken since the start. */
  readonly received: number;
  /** Spans left out because their trace alone was too large. */
  readonly leftOut: number;
  /** Traces that went to make room, or for their age. */
  readonly evicted: number;
}

export interface StoreChange {
  /** Ids of traces that are new or have new spans. */
  readonly changed: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

interface ChangeResult extends StoreChange {
  readonly changed: Set<string>;
  readonly removed: Set<string>;
  readonly added: (readonly OperationCount[])[];
  readonly gone: (readonly OperationCount[])[];
  leftOut: number;
}

/** A trace that takes more of the room would leave none to the others. */
const MAX_SHARE = 0.25;
const MAX_KNOWN = 5000;
const AGE_CHECK_MS = 60_000;

/** Keeps the newest traces within its limits, in memory or in a file, and says what changed. */
export class TraceStore {
  readonly #table: TraceTable;
  readonly #limits: StoreLimits;
  readonly #index = new OperationIndex();
  readonly #processes = new Map<string, StoredProcess>();
  /** Spans of one batch share their process. */
  readonly #interned = new WeakMap<Process, StoredProcess>();
  readonly #names = new Map<string, string>();
  readonly #listeners = new Set<(change: StoreChange) => void>();
  readonly #ageTimer: NodeJS.Timeout | undefined;
  #received = 0;
  #leftOut = 0;
  #evicted = 0;

  constructor(table: TraceTable, limits: StoreLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#index.change(table.operations(), 1);
    this.#change(() => {});
    if (limits.maxAgeMs !== undefined) this.#ageTimer = setInterval(() => this.#change(() => {}), AGE_CHECK_MS).unref();
  }

  get counts(): StoreCounts {
    const { size: traces, bytes } = this.#table;
    const { maxBytes } = this.#limits;
    return { traces, bytes, maxBytes, received: this.#received, leftOut: this.#leftOut, evicted: this.#evicted };
  }

  add(spans: readonly Span[]): void {
    const byTrace = new Map<string, StoredSpan[]>();
    for (const span of spans) {
      const stored = toStoredSpan(span, this.#intern(span.process), this.#known(span.operationName));
      const group = byTrace.get(span.traceId);
      if (group === undefined) byTrace.set(span.traceId, [stored]);
      else group.push(stored);
    }
    this.#received += spans.length;
    this.#change((result) => {
      for (const [id, group] of byTrace) {
        const { added, leftOut } = this.#table.append(id, group, this.#limits.maxBytes * MAX_SHARE);
        result.leftOut += leftOut;
        if (added.length === 0) continue;
        result.changed.add(id);
        result.added.push(countOperations(added));
      }
    });
  }

  get(id: string): StoredTrace | undefined {
    return this.#table.get(id);
  }

  newest(): Iterable<StoredTrace> {
    return this.#table.newest();
  }

  services(): string[] {
    return this.#index.services();
  }

  /** @param kind empty: all of them */
  operations(serviceName: string, kind = ''): Operation[] {
    return this.#index.operations(serviceName, kind);
  }

  clear(): void {
    const removed = new Set(Array.from(this.#table.newest(), ({ summary }) => summary.id));
    this.#table.clear();
    this.#index.clear();
    this.#tell({ changed: new Set(), removed });
  }

  /** @returns what takes the listener away */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#ageTimer);
    this.#listeners.clear();
    this.#table.close();
  }

  /** What is said and counted of a change is only what the table has taken as a whole. */
  #change(write: (result: ChangeResult) => void): void {
    const result: ChangeResult = { changed: new Set(), removed: new Set(), added: [], gone: [], leftOut: 0 };
    this.#table.transaction(() => {
      write(result);
      this.#evict(result);
    });
    for (const counts of result.added) this.#index.change(counts, 1);
    for (const counts of result.gone) this.#index.change(counts, -1);
    this.#leftOut += result.leftOut;
    this.#evicted += result.removed.size;
    for (const id of result.removed) result.changed.delete(id);
    this.#tell(result);
  }

  #evict({ removed, gone }: ChangeResult): void {
    const { maxBytes, maxAgeMs = Infinity } = this.#limits;
    const tooOldMs = Date.now() - maxAgeMs;
    for (;;) {
      const oldest = this.#table.oldest();
      if (oldest === undefined || (this.#table.bytes <= maxBytes && oldest.updatedMs >= tooOldMs)) return;
      gone.push(this.#table.delete(oldest.id));
      removed.add(oldest.id);
    }
  }

  #tell(change: StoreChange): void {
    if (change.changed.size + change.removed.size === 0) return;
    for (const listener of this.#listeners) listener(change);
  }

  /** One object for all batches of a process; what is known is forgotten at times, so that it does not grow for ever. */
  #intern(process: Process): StoredProcess {
    const seen = this.#interned.get(process);
    if (seen !== undefined) return seen;
    const json = JSON.stringify({ serviceName: process.serviceName, tags: process.tags });
    const stored = this.#processes.get(json) ?? { ...process, json };
    if (this.#processes.size >= MAX_KNOWN) this.#processes.clear();
    this.#processes.set(json, stored);
    this.#interned.set(process, stored);
    return stored;
  }

  #known(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= MAX_KNOWN) this.#names.clear();
    this.#names.set(name, name);
    return name;
  }
}
