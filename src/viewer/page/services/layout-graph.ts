export interface Edge {
  readonly parent: string;
  readonly child: string;
}

export interface PlacedNode {
  readonly name: string;
  /** Of its middle. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge<E extends Edge> {
  readonly edge: E;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  /** It closes a circle: who is called has called before. */
  readonly isBack: boolean;
}

export interface Layout<E extends Edge> {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge<E>[];
  readonly width: number;
  readonly height: number;
}

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 58;
const GAP_X = 150;
const GAP_Y = 30;
const MARGIN = 28;
const SWEEPS = 6;

/**
 * Draws who calls whom from left to right: callers before those they call, and in each column as few crossings as a few
 * sweeps of averaging find.
 */
export function layoutGraph<E extends Edge>(names: readonly string[], edges: readonly E[]): Layout<E> {
  const isBack = findBackEdges(names, edges);
  const forward = edges.filter((edge) => !isBack.has(edge));
  const ranks = rankNodes(names, forward);
  const columns: string[][] = [];
  for (const name of [...names].sort()) (columns[ranks.get(name) ?? 0] ??= []).push(name);
  for (let column = 0; column < columns.length; column++) columns[column] ??= [];
  for (let sweep = 0; sweep < SWEEPS; sweep++) orderColumns(columns, forward, sweep % 2 === 0);

  const tallest = Math.max(1, ...columns.map(({ length }) => length));
  const height = 2 * MARGIN + tallest * NODE_HEIGHT + (tallest - 1) * GAP_Y;
  const placed = new Map<string, PlacedNode>();
  for (const [column, inColumn] of columns.entries()) {
    const x = MARGIN + NODE_WIDTH / 2 + column * (NODE_WIDTH + GAP_X);
    const used = inColumn.length * NODE_HEIGHT + (inColumn.length - 1) * GAP_Y;
    for (const [row, name] of inColumn.entries()) {
      const y = (height - used) / 2 + NODE_HEIGHT / 2 + row * (NODE_HEIGHT + GAP_Y);
      placed.set(name, { name, x, y });
    }
  }
  return {
    nodes: [...placed.values()],
    edges: edges.flatMap((edge) => {
      const [from, to] = [placed.get(edge.parent), placed.get(edge.child)];
      return from && to ? [{ edge, from, to, isBack: isBack.has(edge) }] : [];
    }),
    width: 2 * MARGIN + columns.length * NODE_WIDTH + Math.max(0, columns.length - 1) * GAP_X,
    height,
  };
}

/** Edges that lead back to where a walk has come from. Services that nobody calls are where walks begin. */
function findBackEdges<E extends Edge>(names: readonly string[], edges: readonly E[]): Set<E> {
  const outgoing = groupBy(edges, ({ parent }) => parent);
  const called = new Set(edges.map(({ child }) => child));
  const starts = [...names].sort((a, b) => Number(called.has(a)) - Number(called.has(b)) || (a < b ? -1 : 1));
  const back = new Set<E>();
  const done = new Set<string>();
  const path = new Set<string>();
  for (const start of starts) {
    // each step is a node to enter, or to leave
    const steps: { name: string; isLeaving: boolean }[] = [{ name: start, isLeaving: false }];
    for (let step = steps.pop(); step; step = steps.pop()) {
      const { name } = step;
      if (step.isLeaving) {
        path.delete(name);
        done.add(name);
        continue;
      }
      if (done.has(name) || path.has(name)) continue;
      path.add(name);
      steps.push({ name, isLeaving: true });
      for (const edge of outgoing.get(name) ?? []) {
        if (path.has(edge.child)) back.add(edge);
        else steps.push({ name: edge.child, isLeaving: false });
      }
    }
  }
  return back;
}

/** Each node one further than the furthest of its callers. */
function rankNodes(names: readonly string[], forward: readonly Edge[]): Map<string, number> {
  const incoming = groupBy(forward, ({ child }) => child);
  const outgoing = groupBy(forward, ({ parent }) => parent);
  const missing = new Map(names.map((name) => [name, incoming.get(name)?.length ?? 0]));
  const ranks = new Map(names.map((name) => [name, 0]));
  const ready = names.filter((name) => missing.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    for (const { child } of outgoing.get(name) ?? []) {
      ranks.set(child, Math.max(ranks.get(child) ?? 0, (ranks.get(name) ?? 0) + 1));
      const left = (missing.get(child) ?? 1) - 1;
      missing.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return ranks;
}

/** Moves each node to the average of its neighbours in the columns before, or after. */
function orderColumns(columns: string[][], edges: readonly Edge[], isForward: boolean): void {
  const place = new Map(
    columns.flatMap((column) => column.map((name, row) => [name, (row + 0.5) / column.length] as const)),
  );
  const neighbours = isForward ? groupBy(edges, ({ child }) => child) : groupBy(edges, ({ parent }) => parent);
  const wanted = (name: string): number => {
    const near = neighbours.get(name) ?? [];
    if (near.length === 0) return place.get(name) ?? 0;
    const places = near.map(({ parent, child }) => place.get(isForward ? parent : child) ?? 0);
    return places.reduce((sum, one) => sum + one, 0) / places.length;
  };
  for (const column of columns) {
    const order = new Map(column.map((name) => [name, wanted(name)]));
    column.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  }
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
