import { signal, type Signal } from '@preact/signals';
import type { Shapes, TraceRow } from '../../page-protocol.ts';
import { getJson } from '../api.ts';

type Shape = Shapes[string];

const PAUSE_MS = 30;
const MAX_KNOWN = 2000;

interface Known {
  readonly shape: Signal<Shape | undefined>;
  /** As the row had it when the shape was asked for: more spans make another shape. */
  spanCount: number;
}

const known = new Map<string, Known>();
let wanted = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** The small timeline of a row. Rows that come into sight ask together. */
export function shapeOf([id, , , spanCount]: TraceRow): Signal<Shape | undefined> {
  let entry = known.get(id);
  if (entry === undefined) {
    entry = { shape: signal(undefined), spanCount: -1 };
    known.set(id, entry);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  }
  if (entry.spanCount !== spanCount) {
    entry.spanCount = spanCount;
    wanted.add(id);
    timer ??= setTimeout(() => void ask(), PAUSE_MS);
  }
  return entry.shape;
}

async function ask(): Promise<void> {
  timer = undefined;
  const ids = [...wanted];
  wanted = new Set();
  const query = ids.map((id) => `id=${id}`).join('&');
  const shapes = await getJson<Shapes>(`/viewer/shapes?${query}`).catch((): Shapes => ({}));
  for (const id of ids) {
    const entry = known.get(id);
    if (entry) entry.shape.value = shapes[id];
  }
}
