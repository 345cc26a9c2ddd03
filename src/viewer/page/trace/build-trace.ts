import { markCriticalPath } from './critical-path.ts';
import { tellingText } from './telling-text.ts';
import type { JaegerSpan, JaegerTrace, Trace, TraceSpan } from './trace.ts';

/** Puts the spans of a trace in order: a tree, whatever was received of it and however wrong it is. */
export function buildTrace(raw: JaegerTrace): Trace {
  const startUs = raw.spans.reduce((start, span) => Math.min(start, span.startTime), Infinity);
  const byId = new Map<string, TraceSpan>();
  const all = raw.spans.map((span) => {
    const made = toTraceSpan(span, raw, startUs);
    // of spans that share an id the first can be pointed at
    if (!byId.has(made.id)) byId.set(made.id, made);
    return made;
  });
  const roots = all.filter((span) => !adopt(span, byId));
  const spans = putInOrder(roots, all);
  for (const span of spans.toReversed()) {
    span.selfUs = selfTime(span);
    if (span.parent && (span.isError || span.hasErrorBelow)) span.parent.hasErrorBelow = true;
  }
  const endUs = spans.reduce((end, span) => Math.max(end, span.endUs), 0);
  const main = roots.reduce<TraceSpan | undefined>(
    (best, one) => (best && best.endUs >= one.endUs ? best : one),
    undefined,
  );
  if (main) markCriticalPath(main);
  return {
    id: raw.traceID,
    spans,
    byId,
    roots,
    startUs: Number.isFinite(startUs) ? startUs : 0,
    durationUs: endUs,
    services: countServices(spans),
    depth: spans.reduce((depth, span) => Math.max(depth, span.depth + 1), 0),
    errorCount: spans.reduce((count, span) => count + (span.isError ? 1 : 0), 0),
  };
}

function toTraceSpan(span: JaegerSpan, { processes, traceID }: JaegerTrace, startUs: number): TraceSpan {
  const process = processes[span.processID] ?? { serviceName: '', tags: [] };
  const from = span.startTime - startUs;
  return {
    id: span.spanID,
    raw: span,
    process,
    service: process.serviceName,
    operation: span.operationName,
    telling: tellingText(span.operationName, span.tags),
    kind: String(span.tags.find(({ key }) => key === 'span.kind')?.value ?? ''),
    isError: span.tags.some(({ key, value }) => key === 'error' && String(value) === 'true'),
    startUs: from,
    durationUs: span.duration,
    endUs: from + span.duration,
    parent: undefined,
    children: [],
    index: -1,
    indexEnd: -1,
    depth: 0,
    selfUs: 0,
    critical: [],
    hasErrorBelow: false,
    isOrphan: parentId(span, traceID) !== undefined,
  };
}

function parentId(span: JaegerSpan, traceId: string): string | undefined {
  const inside = span.references.filter(({ traceID }) => traceID === traceId);
  return (inside.find(({ refType }) => refType === 'CHILD_OF') ?? inside[0])?.spanID;
}

/** @returns whether the span's parent is there */
function adopt(span: TraceSpan, byId: ReadonlyMap<string, TraceSpan>): boolean {
  const id = parentId(span.raw, span.raw.traceID);
  const parent = id === undefined ? undefined : byId.get(id);
  if (parent === undefined || parent === span) return false;
  (span as { isOrphan: boolean }).isOrphan = false;
  span.parent = parent;
  parent.children.push(span);
  return true;
}

const byStart = (a: TraceSpan, b: TraceSpan): number => a.startUs - b.startUs || b.durationUs - a.durationUs;

/** Depth first, without recursion: a trace may be 10 000 deep. Spans that are each other's parents begin anew as roots. */
function putInOrder(roots: TraceSpan[], all: readonly TraceSpan[]): TraceSpan[] {
  const ordered: TraceSpan[] = [];
  const waiting = roots.sort(byStart).toReversed();
  let next = 0;
  for (;;) {
    const span = waiting.pop();
    if (span === undefined) {
      while (next < all.length && all[next]?.index !== -1) next++;
      const cut = all[next];
      if (cut === undefined) break;
      if (cut.parent) cut.parent.children.splice(cut.parent.children.indexOf(cut), 1);
      cut.parent = undefined;
      roots.push(cut);
      waiting.push(cut);
      continue;
    }
    span.index = ordered.length;
    span.depth = span.parent ? span.parent.depth + 1 : 0;
    ordered.push(span);
    span.children.sort(byStart);
    for (const child of span.children.toReversed()) waiting.push(child);
  }
  for (const span of ordered.toReversed()) span.indexEnd = span.children.at(-1)?.indexEnd ?? span.index + 1;
  return ordered;
}

/** Its duration without the time in which a child was at work; children are in order. */
function selfTime({ startUs, endUs, durationUs, children }: TraceSpan): number {
  let coveredUs = 0;
  let untilUs = startUs;
  for (const child of children) {
    const from = Math.max(child.startUs, untilUs);
    const to = Math.min(child.endUs, endUs);
    if (to > from) coveredUs += to - from;
    untilUs = Math.max(untilUs, to);
  }
  return durationUs - coveredUs;
}

function countServices(spans: readonly TraceSpan[]): Trace['services'] {
  const counts = new Map<string, { name: string; spans: number; selfUs: number }>();
  for (const { service, selfUs } of spans) {
    const count = counts.get(service) ?? { name: service, spans: 0, selfUs: 0 };
    count.spans++;
    count.selfUs += selfUs;
    counts.set(service, count);
  }
  return [...counts.values()];
}
