import { setTimeout as delay } from 'node:timers/promises';
import { findTraces } from '../query/find-traces.ts';
import { listMatches, toRow, type ListQuery } from '../query/list-query.ts';
import type { ListEvents, TraceRow } from '../page-protocol.ts';
import type { StoreChange, TraceStore } from '../store/trace-store.ts';
import type { EventStream } from './event-stream.ts';

const ROWS_A_TIME = 1000;
/** What comes in between is said together. */
const PAUSE_MS = 200;

/** Ids that changed, gathered until somebody can hear of them. */
class Changes {
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  #wake: (() => void) | undefined;

  /** Gathers until the stream is closed. */
  constructor(store: TraceStore, stream: EventStream) {
    const stop = store.onChange((change) => this.#add(change));
    stream.onClose(() => {
      stop();
      this.#wake?.();
    });
  }

  #add({ changed, removed }: StoreChange): void {
    for (const id of removed) {
      this.#changed.delete(id);
      this.#removed.add(id);
    }
    for (const id of changed) {
      this.#removed.delete(id);
      this.#changed.add(id);
    }
    this.#wake?.();
  }

  /** Waits for the first change, and a moment for more; or for the stream's end. */
  async next(): Promise<{ changed: string[]; removed: string[] }> {
    if (this.#changed.size + this.#removed.size === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    await delay(PAUSE_MS, undefined, { ref: false });
    const taken = { changed: [...this.#changed], removed: [...this.#removed] };
    this.#changed.clear();
    this.#removed.clear();
    return taken;
  }
}

/** Sends a list all traces that match, and from then on what changes about them. Settles when the reader is gone. */
export async function feedList(store: TraceStore, query: ListQuery, stream: EventStream): Promise<void> {
  const changes = new Changes(store, stream);
  const send = <E extends keyof ListEvents>(event: E, data: ListEvents[E]): Promise<void> => stream.send(event, data);
  let total = 0;
  let rows: TraceRow[] = [];
  for await (const trace of findTraces(store, (one) => listMatches(one, query))) {
    total++;
    rows.push(toRow(trace));
    if (rows.length < ROWS_A_TIME) continue;
    await send('rows', rows);
    rows = [];
    if (!stream.isOpen) return;
  }
  if (rows.length > 0) await send('rows', rows);
  await send('ready', { total });
  while (stream.isOpen) {
    const { changed, removed } = await changes.next();
    const gone = [...removed];
    rows = [];
    for (const id of changed) {
      const trace = store.get(id);
      if (trace !== undefined && listMatches(trace, query)) rows.push(toRow(trace));
      else gone.push(id);
    }
    if (gone.length > 0) await send('gone', gone);
    if (rows.length > 0) await send('rows', rows);
  }
}

/** Tells the page of one trace whenever it has changed. Settles when the reader is gone. */
export async function feedTrace(store: TraceStore, id: string, stream: EventStream): Promise<void> {
  const changes = new Changes(store, stream);
  while (stream.isOpen) {
    const { changed, removed } = await changes.next();
    if (!changed.includes(id) && !removed.includes(id)) continue;
    await stream.send('changed', { spans: store.get(id)?.summary.spanCount ?? 0 });
  }
}
