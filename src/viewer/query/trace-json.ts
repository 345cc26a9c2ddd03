import type { StoredProcess, StoredSpan } from '../store/stored-span.ts';
import type { StoredTrace } from '../store/trace-table.ts';

/**
 * A trace as Jaeger's query API shows it, in pieces: a large one need not be one text. Spans are put together from their
 * stored texts and are not parsed.
 */
export function* traceJson(trace: StoredTrace): Generator<string, void, void> {
  const traceId = JSON.stringify(trace.summary.id);
  const spanIds = new Set<string>();
  const processIds = new Map<StoredProcess, string>();
  for (const span of trace.spans()) spanIds.add(span.spanId);
  yield `{"traceID":${traceId},"spans":[`;
  let separator = '';
  for (const span of trace.spans()) {
    const processId = processIds.get(span.process) ?? `p${processIds.size + 1}`;
    processIds.set(span.process, processId);
    yield separator + spanJson(span, traceId, processId, spanIds);
    separator = ',';
  }
  const processes = [...processIds].map(([process, id]) => `"${id}":${process.json}`);
  yield `],"processes":{${processes.join()}},"warnings":null}`;
}

function spanJson(span: StoredSpan, traceId: string, processId: string, spanIds: ReadonlySet<string>): string {
  const orphan = span.parentSpanId !== '' && !spanIds.has(span.parentSpanId);
  const own = JSON.stringify({
    spanID: span.spanId,
    operationName: span.operationName,
    startTime: span.startUs,
    duration: Math.floor(span.durationNs / 1000),
    processID: processId,
  });
  const body = orphan ? withWarning(span) : span.body;
  return `{"traceID":${traceId},${own.slice(1, -1)},${body.slice(1)}`;
}

/** In the words of Jaeger, which others may look for. */
function withWarning({ body, parentSpanId }: StoredSpan): string {
  const parsed = JSON.parse(body) as { warnings: string[] | null };
  const warning = `invalid parent span IDs=${parentSpanId}; skipping clock skew adjustment`;
  return JSON.stringify({ ...parsed, warnings: [...(parsed.warnings ?? []), warning] });
}
