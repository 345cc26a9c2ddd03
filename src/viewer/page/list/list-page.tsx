import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { info, listen, refreshInfo } from '../api.ts';
import { formatCount, formatTime, plural } from '../format.ts';
import { Empty } from '../parts/empty.tsx';
import { Icon } from '../parts/icons.tsx';
import { focusField, useKeys } from '../parts/keys.ts';
import { OpenFilesButton } from '../parts/open-files.tsx';
import { VirtualRows } from '../parts/virtual-rows.tsx';
import { navigate, parameters, setParameters } from '../router.ts';
import { FILTERS, Filters } from './filters.tsx';
import { FirstTrace } from './first-trace.tsx';
import { Scatter } from './scatter.tsx';
import { TraceList, type SortKey } from './trace-list.ts';
import { TraceRow } from './trace-row.tsx';
import { useTitle } from '../parts/use-title.ts';

const ROW_PX = 52;
const INFO_PAUSE_MS = 1000;
const SURE_MS = 4000;
const sortNames: Readonly<Record<SortKey, string>> = {
  newest: 'Newest first',
  longest: 'Longest first',
  spans: 'Most spans first',
  errors: 'Most errors first',
};

export function ListPage() {
  const list = useMemo(() => new TraceList(), []);
  const scroller = useRef<HTMLDivElement>(null);
  useTitle('Traces');
  const [picked, setPicked] = useState<readonly string[]>(() =>
    [parameters.peek().get('compare') ?? ''].filter(Boolean),
  );
  const [version, setVersion] = useState(0);
  const query = filterQuery(parameters.value);
  const sort = (parameters.value.get('sort') ?? 'newest') as SortKey;
  const rows = list.rows.value;
  const isEmpty = list.isComplete.value && rows.length === 0;

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const newsSoon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setVersion((old) => old + 1);
        void refreshInfo();
      }, INFO_PAUSE_MS);
    };
    void refreshInfo();
    const stop = listen(`/viewer/traces?${query}`, (on) => {
      list.clear();
      on('rows', (data) => {
        list.take(data);
        newsSoon();
      });
      on('gone', (data) => {
        list.takeGone(data);
        newsSoon();
      });
      on('ready', () => list.complete());
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [list, query]);

  useEffect(() => list.sort(sortNames[sort] ? sort : 'newest'), [list, sort]);
  useKeptPosition(scroller, rows);

  function pick(id: string): void {
    setPicked((old) => (old.includes(id) ? old.filter((one) => one !== id) : [...old.slice(-1), id]));
  }

  function move(step: number): void {
    const focused = document.activeElement?.getAttribute('data-row');
    const index = focused == null ? 0 : Math.max(0, Math.min(rows.length - 1, Number(focused) + step));
    focusRow(scroller.current, index);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    '/': () => focusField('/'),
    x: () => {
      const row = rows[Number(document.activeElement?.getAttribute('data-row') ?? -1)];
      if (row) pick(row[0]);
    },
    c: () => compare(picked),
  });

  return (
    <main class="list-page">
      <h1 class="visually-hidden">Traces</h1>
      <Filters version={version} />
      <Scatter
        rows={rows}
        onSelect={({ startUs, endUs, minUs, maxUs }) =>
          setParameters(
            {
              start: String(Math.floor(startUs)),
              end: String(Math.ceil(endUs)),
              min: `${Math.floor(minUs)}us`,
              max: `${Math.ceil(maxUs)}us`,
            },
            { replace: false },
          )
        }
      />
      <div class="list-head">
        <span aria-live="polite" class="count">
          {list.isComplete.value ? plural(rows.length, 'trace') : `${formatCount(rows.length)} …`}
        </span>
        <TimeFilter />
        <span class="gap" />
        <ForgetAllButton />
        <OpenFilesButton />
        {picked.length > 0 && (
          <button type="button" disabled={picked.length < 2} onClick={() => compare(picked)}>
            {picked.length < 2 ? 'Pick one more to compare' : 'Compare the two'}
          </button>
        )}
        <select
          aria-label="Order"
          value={sort}
          onChange={(event) => setParameters({ sort: event.currentTarget.value })}
        >
          {Object.entries(sortNames).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div ref={scroller} class="list-scroller" tabIndex={-1}>
        {rows.length > 0 && (
          <div role="list" aria-label="Traces">
            <VirtualRows
              count={rows.length}
              rowHeight={ROW_PX}
              scroller={scroller}
              row={(index) => {
                const row = rows[index];
                if (!row) return null;
                return (
                  <TraceRow
                    key={row[0]}
                    row={row}
                    index={index}
                    total={rows.length}
                    isPicked={picked.includes(row[0])}
                    onPick={pick}
                  />
                );
              }}
            />
          </div>
        )}
        {isEmpty && (info.value?.traces === 0 ? <FirstTrace /> : <NothingFound />)}
      </div>
    </main>
  );
}

/** Asks once more: there is no way back. */
function ForgetAllButton() {
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!isAsking) return;
    const timer = setTimeout(() => setAsking(false), SURE_MS);
    return () => clearTimeout(timer);
  }, [isAsking]);
  function onClick(): void {
    setAsking(!isAsking);
    if (isAsking) void fetch('/viewer/traces', { method: 'DELETE' });
  }
  return (
    <button type="button" class="ghost" onClick={onClick}>
      <Icon name="trash" /> {isAsking ? 'Really forget all?' : 'Forget all'}
    </button>
  );
}

function NothingFound() {
  return (
    <Empty title="No trace matches">
      <p>
        {plural(info.value?.traces ?? 0, 'trace')} {info.value?.traces === 1 ? 'is' : 'are'} kept.
      </p>
    </Empty>
  );
}

/** The part of the plot that was dragged over. */
function TimeFilter() {
  const [start, end] = [parameters.value.get('start'), parameters.value.get('end')];
  if (start === null && end === null) return null;
  return (
    <button
      type="button"
      class="chip"
      title="Show all times again"
      onClick={() => setParameters({ start: '', end: '', min: '', max: '' }, { replace: false })}
    >
      {start === null ? '…' : formatTime(Number(start))} – {end === null ? 'now' : formatTime(Number(end))}
      <Icon name="close" />
    </button>
  );
}

function filterQuery(all: URLSearchParams): string {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const value = all.get(name);
    if (value) query.set(name, value);
  }
  return query.toString();
}

function compare([a, b]: readonly string[]): void {
  if (a && b) navigate(`/compare?a=${a}&b=${b}`);
}

function focusRow(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return;
  const top = index * ROW_PX;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + ROW_PX > scroller.scrollTop + scroller.clientHeight) {
    scroller.scrollTop = top + ROW_PX - scroller.clientHeight;
  }
  const focus = (): boolean => {
    const row = scroller.querySelector<HTMLElement>(`[data-row="${index}"]`);
    row?.focus({ preventScroll: true });
    return row !== null;
  };
  // A row that has to be drawn first; one that is there must not be focused again when the next key has moved on.
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}

/** Rows that come in above do not move those that are being read. */
function useKeptPosition(
  scroller: { current: HTMLElement | null },
  rows: readonly (readonly [string, ...unknown[]])[],
) {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = rows;
    if (!element || element.scrollTop < ROW_PX || old === rows) return;
    const index = Math.floor(element.scrollTop / ROW_PX);
    const id = old[index]?.[0];
    const now = rows.findIndex((row) => row[0] === id);
    if (now >= 0 && now !== index) element.scrollTop += (now - index) * ROW_PX;
  }, [scroller, rows]);
}
