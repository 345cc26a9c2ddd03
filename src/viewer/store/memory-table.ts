import { bytesOfProcess, bytesOfSpan, spanKey, type StoredProcess, type StoredSpan } from './stored-span.ts';
import { addToSummary, emptySummary, TRACE_BYTES, type TraceSummary } from './trace-summary.ts';
import { countOperations } from './operation-index.ts';
import type { OperationCount, StoredTrace, TraceTable } from './trace-table.ts';

/** Traces in memory; gone with the process. */
export class MemoryTable implements TraceTable {
  /** The newest last. */
  readonly #traces = new Map<string, MemoryTrace>();
  /** By how many traces a process is used. */
  readonly #processUses = new Map<StoredProcess, number>();
  #bytes = 0;

  get size(): number {
    return this.#traces.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(id: string): StoredTrace | undefined {
    return this.#traces.get(id);
  }

  append(id: string, spans: readonly StoredSpan[], maxBytes: number): { added: StoredSpan[]; leftOut: number } {
    const trace = this.#traces.get(id) ?? new MemoryTrace(id);
    const { summary } = trace;
    const added: StoredSpan[] = [];
    let leftOut = 0;
    for (const span of spans) {
      const key = spanKey(span, (one) => trace.at(one));
      if (key === undefined) continue;
      const bytes = bytesOfSpan(span) + (summary.spanCount === 0 ? TRACE_BYTES : 0);
      const processBytes = trace.processes.has(span.process) ? 0 : bytesOfProcess(span.process);
      if (key === null || summary.bytes + bytes + processBytes > maxBytes) {
        leftOut++;
        continue;
      }
      trace.add(key, span);
      summary.bytes += bytes + processBytes;
      this.#bytes += bytes;
      if (processBytes > 0) this.#use(trace, span.process, processBytes);
      added.push(span);
    }
    if (summary.spanCount === 0) return { added, leftOut };
    summary.updatedMs = Date.now();
    this.#traces.delete(id);
    this.#traces.set(id, trace);
    return { added, leftOut };
  }

  delete(id: string): readonly OperationCount[] {
    const trace = this.#traces.get(id);
    if (trace === undefined) return [];
    this.#traces.delete(id);
    this.#bytes -= trace.summary.bytes;
    for (const [process, bytes] of trace.processes) {
      const uses = (this.#processUses.get(process) ?? 1) - 1;
      if (uses === 0) {
        this.#processUses.delete(process);
        continue;
      }
      this.#processUses.set(process, uses);
      this.#bytes += bytes;
    }
    return countOperations(trace.spans());
  }

  oldest(): Readonly<TraceSummary> | undefined {
    const [first] = this.#traces.values();
    return first?.summary;
  }

  *newest(): Iterable<StoredTrace> {
    for (const id of [...this.#traces.keys()].toReversed()) {
      const trace = this.#traces.get(id);
      if (trace !== undefined) yield trace;
    }
  }

  operations(): readonly OperationCount[] {
    return [...this.#traces.values()].flatMap((trace) => countOperations(trace.spans()));
  }

  clear(): void {
    this.#traces.clear();
    this.#processUses.clear();
    this.#bytes = 0;
  }

  transaction<T>(write: () => T): T {
    return write();
  }

  close(): void {
    this.clear();
  }

  /** A process takes memory once, however many traces name it. */
  #use(trace: MemoryTrace, process: StoredProcess, bytes: number): void {
    trace.processes.set(process, bytes);
    const uses = this.#processUses.get(process) ?? 0;
    this.#processUses.set(process, uses + 1);
    if (uses === 0) this.#bytes += bytes;
  }
}

class MemoryTrace implements StoredTrace {
  readonly summary: TraceSummary;
  /** With the bytes of each. */
  readonly processes = new Map<StoredProcess, number>();
  readonly #spans = new Map<string, StoredSpan>();

  constructor(id: string) {
    this.summary = emptySummary(id);
  }

  spans(): Iterable<StoredSpan> {
    return this.#spans.values();
  }

  at(key: string): StoredSpan | undefined {
    return this.#spans.get(key);
  }

  add(key: string, span: StoredSpan): void {
    this.#spans.set(key, span);
    addToSummary(this.summary, span);
  }
}
