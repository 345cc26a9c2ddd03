import { signal } from '@preact/signals';
import type { ListEvents, TraceRow } from '../../page-protocol.ts';

export type SortKey = 'newest' | 'longest' | 'spans' | 'errors';

type Compare = (a: TraceRow, b: TraceRow) => number;

const SETTLE_MS = 250;

const byStart: Compare = (a, b) => b[1] - a[1];
const compares: Readonly<Record<SortKey, Compare>> = {
  newest: byStart,
  longest: (a, b) => b[2] - a[2] || byStart(a, b),
  spans: (a, b) => b[3] - a[3] || byStart(a, b),
  errors: (a, b) => b[4] - a[4] || byStart(a, b),
};

/** The rows that the viewer sends, in order. Made for 100 000 of them: a change costs one pass over a list that is sorted. */
export class TraceList {
  readonly rows = signal<readonly TraceRow[]>([]);
  /** All that were there at the start have come. */
  readonly isComplete = signal(false);
  readonly #byId = new Map<string, TraceRow>();
  #sorted: TraceRow[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #compare: Compare = byStart;
  /** New versions of rows, and ids of those gone, that are not in `#sorted` yet. */
  readonly #fresh = new Map<string, TraceRow | undefined>();

  sort(key: SortKey): void {
    this.#compare = compares[key];
    this.#sorted = this.#sorted.toSorted(this.#compare);
    this.rows.value = this.#sorted;
  }

  /** Forgets all: a new stream begins. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#byId.clear();
    this.#fresh.clear();
    this.#sorted = [];
    this.isComplete.value = false;
    this.rows.value = [];
  }

  take(rows: ListEvents['rows']): void {
    for (const row of rows) this.#fresh.set(row[0], row);
    // the first are shown at once; of the many that may follow, some at a time
    if (this.isComplete.value || this.#sorted.length === 0) this.settle();
    else this.#timer ??= setTimeout(() => this.settle(), SETTLE_MS);
  }

  takeGone(ids: ListEvents['gone']): void {
    for (const id of ids) this.#fresh.set(id, undefined);
    this.settle();
  }

  complete(): void {
    this.settle();
    this.isComplete.value = true;
  }

  /** Puts what is fresh in its place. */
  settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isNews = [...this.#fresh].filter(([id, row]) => row !== undefined || this.#byId.has(id));
    this.#fresh.clear();
    if (isNews.length === 0) return;
    const news = new Map(isNews);
    const kept = isNews.some(([id]) => this.#byId.has(id))
      ? this.#sorted.filter(([id]) => !news.has(id))
      : [...this.#sorted];
    for (const [id, row] of news) {
      if (row === undefined) {
        this.#byId.delete(id);
        continue;
      }
      this.#byId.set(id, row);
      kept.push(row);
    }
    // what is sorted already costs one pass
    this.#sorted = kept.sort(this.#compare);
    this.rows.value = this.#sorted;
  }
}
