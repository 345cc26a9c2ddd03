import type { StoredSpan } from './stored-span.ts';
import type { TraceSummary } from './trace-summary.ts';

export interface StoredTrace {
  readonly summary: Readonly<TraceSummary>;
  /** In the order of arrival. */
  spans(): Iterable<StoredSpan>;
}

/** How many spans a service has of an operation and kind. */
export interface OperationCount {
  readonly serviceName: string;
  readonly operationName: string;
  readonly kind: StoredSpan['kind'];
  readonly count: number;
}

/** Where traces are kept. What is kept and for how long is the store's business. */
export interface TraceTable {
  /** Traces, and about the bytes they take. */
  readonly size: number;
  readonly bytes: number;
  get(id: string): StoredTrace | undefined;
  /**
   * Adds spans to a trace, new or known, and makes it the newest. A span that is there already, the same in everything, is
   * not added again: senders that got no answer send again.
   *
   * @param maxBytes what a trace may take; spans beyond that are left out
   * @returns the spans that were added, and how many were left out
   */
  append(id: string, spans: readonly StoredSpan[], maxBytes: number): { added: StoredSpan[]; leftOut: number };
  /** @returns what is gone with it */
  delete(id: string): readonly OperationCount[];
  oldest(): Readonly<TraceSummary> | undefined;
  /** By the arrival of their last span. Traces may come and go while it is read. */
  newest(): Iterable<StoredTrace>;
  operations(): readonly OperationCount[];
  /** Forgets everything. */
  clear(): void;
  /** Runs `write` as one change: either all of it survives the end of the process, or nothing. */
  transaction<T>(write: () => T): T;
  close(): void;
}
