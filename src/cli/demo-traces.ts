import { setTimeout as pause } from 'node:timers/promises';
import type { DrawnSpan } from '../export/draw-trace.ts';
import type { Process, Reference, Tag } from '../viewer/span.ts';

/** What is read of a trace as Jaeger's query API gives it. */
export interface QueriedTrace {
  readonly traceID: string;
  readonly spans: readonly {
    readonly spanID: string;
    readonly operationName: string;
    readonly references: readonly Reference[];
    /** µs since 1970. */
    readonly startTime: number;
    /** µs. */
    readonly duration: number;
    readonly tags: readonly Tag[];
    readonly processID: string;
  }[];
  readonly processes: Readonly<Record<string, Process>>;
}

/** Each service sends its spans in its own time: what has not grown for so long is complete. */
const QUIET_MS = 700;
const POLL_MS = 100;
const PATIENCE_MS = 15_000;

/**
 * Asks a query API for the traces that a service began since then, until there are so many, each has its root, and no
 * span is added any more; after 15 s for what there is.
 *
 * @param sinceUs µs since 1970
 * @returns the oldest first
 */
export async function awaitTraces(
  queryUrl: string,
  { service, sinceUs, count }: { readonly service: string; readonly sinceUs: number; readonly count: number },
): Promise<QueriedTrace[]> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  let spans = 0;
  let grewAtMs = performance.now();
  for (;;) {
    const traces = await queryTraces(
      `${queryUrl}/api/traces?service=${service}&limit=${count}&start=${sinceUs}&end=${(Date.now() + PATIENCE_MS) * 1000}`,
    );
    const now = traces.reduce((sum, trace) => sum + trace.spans.length, 0);
    if (now !== spans) grewAtMs = performance.now();
    spans = now;
    const isQuiet = performance.now() - grewAtMs > QUIET_MS;
    if ((isQuiet && traces.length >= count && traces.every(isRooted)) || performance.now() > deadlineMs) {
      return traces.toSorted((a, b) => startUs(a) - startUs(b));
    }
    await pause(POLL_MS);
  }
}

async function queryTraces(url: string): Promise<QueriedTrace[]> {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) return [];
  return ((await response.json()) as { data: QueriedTrace[] | null }).data ?? [];
}

function isRooted({ traceID, spans }: QueriedTrace): boolean {
  const known = new Set(spans.map(({ spanID }) => spanID));
  return spans.every(({ references }) => references.every((one) => one.traceID !== traceID || known.has(one.spanID)));
}

function startUs({ spans }: QueriedTrace): number {
  return Math.min(...spans.map(({ startTime }) => startTime));
}

/** The same trace, as the terminal's trees are drawn from. */
export function toDrawn({ traceID, spans, processes }: QueriedTrace): DrawnSpan[] {
  return spans.map(({ spanID, operationName, references, startTime, duration, tags, processID }) => {
    const attributes = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
    const isError = String(attributes['error']) === 'true';
    return {
      spanId: spanID,
      parentSpanId: references.find((one) => one.refType === 'CHILD_OF' && one.traceID === traceID)?.spanID ?? '',
      service: processes[processID]?.serviceName ?? '',
      kind: attributes['span.kind'] === 'internal' ? '' : String(attributes['span.kind'] ?? ''),
      name: operationName,
      attributes,
      startMs: startTime / 1000,
      durationMs: duration / 1000,
      error: isError ? String(attributes['otel.status_description'] ?? attributes['error.type'] ?? 'error') : undefined,
    };
  });
}
