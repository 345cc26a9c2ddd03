import type { TraceSpan } from './trace.ts';

/** What all spans of one kind took together; µs. */
export interface Totals {
  count: number;
  errors: number;
  totalUs: number;
  selfUs: number;
  maxUs: number;
  /** From the first start to the last end. */
  startUs: number;
  endUs: number;
}

export function emptyTotals(): Totals {
  return { count: 0, errors: 0, totalUs: 0, selfUs: 0, maxUs: 0, startUs: Infinity, endUs: -Infinity };
}

export function addToTotals(totals: Totals, { isError, durationUs, selfUs, startUs, endUs }: TraceSpan): void {
  totals.count++;
  if (isError) totals.errors++;
  totals.totalUs += durationUs;
  totals.selfUs += selfUs;
  totals.maxUs = Math.max(totals.maxUs, durationUs);
  totals.startUs = Math.min(totals.startUs, startUs);
  totals.endUs = Math.max(totals.endUs, endUs);
}

export interface OperationTotals extends Totals {
  readonly service: string;
  readonly operation: string;
  /** The one that took longest. */
  longest: TraceSpan;
}

/** Per operation of a service, wherever in the trace it was called. */
export function totalsByOperation(spans: readonly TraceSpan[]): OperationTotals[] {
  const byKey = new Map<string, OperationTotals>();
  for (const span of spans) {
    const key = keyOf(span);
    const known = byKey.get(key);
    const totals = known ?? { ...emptyTotals(), service: span.service, operation: span.operation, longest: span };
    if (span.durationUs > totals.longest.durationUs) totals.longest = span;
    addToTotals(totals, span);
    if (!known) byKey.set(key, totals);
  }
  return [...byKey.values()];
}

/** Calls of one operation from the same place, as one. A comparison has the totals of two traces. */
export interface CallNode {
  /** Unique in its tree. */
  readonly path: string;
  readonly service: string;
  readonly operation: string;
  readonly depth: number;
  /** One for each trace. */
  readonly totals: readonly Totals[];
  /** The first of each trace. */
  readonly first: (TraceSpan | undefined)[];
  readonly children: CallNode[];
}

/**
 * The call trees of some traces as one: spans of the same operation, called from the same place, are one node.
 *
 * @returns nodes in the order of rows
 */
export function mergeCalls(traces: readonly { readonly roots: readonly TraceSpan[] }[]): CallNode[] {
  const ordered: CallNode[] = [];
  const top: CallNode[] = [];
  // each group of spans that are one node, with the list that the node belongs to
  const waiting: { into: CallNode[]; parent: CallNode | undefined; groups: readonly (readonly TraceSpan[])[] }[] = [
    { into: top, parent: undefined, groups: traces.map(({ roots }) => roots) },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { into, parent, groups } = next;
    const byKey = new Map<string, { node: CallNode; spans: TraceSpan[][] }>();
    for (const [side, spans] of groups.entries()) {
      for (const span of spans) {
        const key = keyOf(span);
        let entry = byKey.get(key);
        if (!entry) {
          const node: CallNode = {
            path: `${parent?.path ?? ''}/${into.length + byKey.size}`,
            service: span.service,
            operation: span.operation,
            depth: parent ? parent.depth + 1 : 0,
            totals: groups.map(emptyTotals),
            first: groups.map(() => undefined),
            children: [],
          };
          entry = { node, spans: groups.map(() => []) };
          byKey.set(key, entry);
        }
        const totals = entry.node.totals[side];
        if (totals) addToTotals(totals, span);
        entry.node.first[side] ??= span;
        entry.spans[side]?.push(span);
      }
    }
    for (const { node, spans } of byKey.values()) {
      into.push(node);
      const groupsBelow = spans.map((some) => some.flatMap(({ children }) => children));
      if (groupsBelow.some(({ length }) => length > 0)) {
        waiting.push({ into: node.children, parent: node, groups: groupsBelow });
      }
    }
  }
  const unordered = top.toReversed();
  for (let node = unordered.pop(); node; node = unordered.pop()) {
    ordered.push(node);
    for (const child of node.children.toReversed()) unordered.push(child);
  }
  return ordered;
}

/** Rows without those below closed ones. */
export function openCalls(nodes: readonly CallNode[], closed: ReadonlySet<string>): CallNode[] {
  let hiddenBelow = Infinity;
  return nodes.filter(({ path, depth }) => {
    if (depth > hiddenBelow) return false;
    hiddenBelow = closed.has(path) ? depth : Infinity;
    return true;
  });
}

function keyOf({ service, operation }: TraceSpan): string {
  return `${service}\0${operation}`;
}
