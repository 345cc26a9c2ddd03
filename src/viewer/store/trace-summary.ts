import type { StoredSpan } from './stored-span.ts';

/** What a list shows of a trace, kept up to date as its spans arrive. */
export interface TraceSummary {
  readonly id: string;
  startUs: number;
  endUs: number;
  spanCount: number;
  errorCount: number;
  /** Spans by service, in the order in which the services appeared. */
  readonly services: Record<string, number>;
  /** Its root, or the earliest span where no root has come. */
  root: { serviceName: string; operationName: string; startUs: number; isRoot: boolean };
  /** When the last span came, in ms since 1970. */
  updatedMs: number;
  bytes: number;
}

/** What a trace takes besides its spans. */
export const TRACE_BYTES = 900;

/** A summary that no span has been added to. */
export function emptySummary(id: string): TraceSummary {
  return {
    id,
    startUs: Infinity,
    endUs: -Infinity,
    spanCount: 0,
    errorCount: 0,
    // no prototype: a service may be called __proto__ or constructor
    services: Object.create(null) as Record<string, number>,
    root: { serviceName: '', operationName: '', startUs: Infinity, isRoot: false },
    updatedMs: 0,
    bytes: 0,
  };
}

export function addToSummary(summary: TraceSummary, span: StoredSpan): void {
  const { process, operationName, startUs, durationNs } = span;
  const { serviceName } = process;
  summary.startUs = Math.min(summary.startUs, startUs);
  summary.endUs = Math.max(summary.endUs, startUs + durationNs / 1000);
  summary.spanCount++;
  if (span.isError) summary.errorCount++;
  summary.services[serviceName] = (summary.services[serviceName] ?? 0) + 1;
  const isRoot = span.parentSpanId === '';
  const { root } = summary;
  if (isRoot === root.isRoot ? startUs < root.startUs : isRoot) {
    summary.root = { serviceName, operationName, startUs, isRoot };
  }
}
