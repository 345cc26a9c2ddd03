import { useMemo, useState } from 'preact/hooks';
import { formatDuration, formatTime, plural } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { focusField, useKeys } from '../parts/keys.ts';
import { ServiceName } from '../parts/service-name.tsx';
import { parameters, setParameters } from '../router.ts';
import { Details } from './details.tsx';
import { Find } from './find.tsx';
import { findSpans } from './find-spans.ts';
import { Flame } from './flame.tsx';
import { useTrace } from './load-trace.ts';
import { Minimap } from './minimap.tsx';
import { NoTrace } from './no-trace.tsx';
import { formatRange, parseRange } from './range.ts';
import { Table } from './table.tsx';
import type { Trace, TraceSpan } from './trace.ts';
import { uncover, visibleRows } from './visible-rows.ts';
import { Waterfall } from './waterfall.tsx';
import { useTitle } from '../parts/use-title.ts';

const views = { timeline: 'Timeline', flame: 'Flame graph', table: 'Table' } as const;
type View = keyof typeof views;

export function TracePage({ id }: { readonly id: string }) {
  const loaded = useTrace(id);
  if (loaded.state === 'loaded') return <LoadedTrace trace={loaded.trace} />;
  return (
    <main aria-busy={loaded.state === 'loading'}>
      <h1 class="visually-hidden">Trace</h1>
      {loaded.state === 'failed' && <NoTrace error={loaded.error} />}
    </main>
  );
}

function LoadedTrace({ trace }: { readonly trace: Trace }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [showCritical, setCritical] = useState(true);
  const view = currentView();
  useTitle(trace.roots[0]?.operation || trace.id);
  const query = parameters.value.get('find') ?? '';
  const range = parseRange(parameters.value.get('zoom'), trace.durationUs);
  const selected = trace.byId.get(parameters.value.get('span') ?? '');
  const rows = useMemo(() => visibleRows(trace, closed), [trace, closed]);
  const found = useMemo(() => findSpans(trace, query), [trace, query]);
  const foundSet = useMemo(() => new Set(found), [found]);

  function select(span: TraceSpan | undefined): void {
    if (span) setClosed((old) => uncover(old, span));
    setParameters({ span: span?.id });
  }

  function toggle(span: TraceSpan, close: boolean = !closed.has(span.id)): void {
    setClosed((old) => {
      const next = new Set(old);
      if (close && span.children.length > 0) next.add(span.id);
      else next.delete(span.id);
      return next;
    });
  }

  function closeOrLeave(span: TraceSpan): void {
    if (span.children.length > 0 && !closed.has(span.id)) toggle(span, true);
    else select(span.parent ?? span);
  }

  function zoom(aUs: number, bUs: number): void {
    setParameters({ zoom: formatRange(aUs, bUs, trace.durationUs) });
  }

  function step(by: number): void {
    const index = selected ? rows.indexOf(selected) : -1;
    select(rows[Math.max(0, Math.min(rows.length - 1, index + by))]);
  }

  /** The next of some spans, from the selected one on and around the end. */
  function stepAmong(spans: readonly TraceSpan[], by: 1 | -1): void {
    const at = selected?.index ?? -1;
    const ahead = by > 0 ? spans.find(({ index }) => index > at) : spans.findLast(({ index }) => index < at);
    const next = ahead ?? spans.at(by > 0 ? 0 : -1);
    if (next) select(next);
  }

  const down = (): void => step(1);
  const up = (): void => step(-1);
  const left = (): void => selected && closeOrLeave(selected);
  const right = (): void => selected && toggle(selected, false);
  useKeys({
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    h: left,
    ArrowLeft: left,
    l: right,
    ArrowRight: right,
    n: () => stepAmong(found, 1),
    N: () => stepAmong(found, -1),
    e: () =>
      stepAmong(
        trace.spans.filter(({ isError }) => isError),
        1,
      ),
    p: () => setCritical((old) => !old),
    z: () => setParameters({ zoom: undefined }),
    '/': () => focusField('/'),
    1: () => showView('timeline'),
    2: () => showView('flame'),
    3: () => showView('table'),
    Escape: () => select(undefined),
  });

  return (
    <main class="trace-page">
      <Head trace={trace} />
      <div class="toolbar">
        <div class="tabs" role="group" aria-label="View">
          {Object.entries(views).map(([name, text]) => (
            <button key={name} type="button" aria-pressed={view === name} onClick={() => showView(name as View)}>
              {text}
            </button>
          ))}
        </div>
        <Find query={query} found={found} selected={selected} onStep={(by) => stepAmong(found, by)} />
        <span class="gap" />
        {view === 'timeline' && (
          <>
            <button
              type="button"
              class="toggle"
              aria-pressed={showCritical}
              title="What the end of the trace waited for"
              onClick={() => setCritical((old) => !old)}
            >
              Critical path
            </button>
            <button
              type="button"
              class="ghost"
              onClick={() =>
                setClosed(new Set(closed.size > 0 ? [] : trace.spans.filter(isBranch).map(({ id }) => id)))
              }
            >
              {closed.size > 0 ? 'Open all' : 'Close all'}
            </button>
          </>
        )}
        <a class="button ghost" href={`/?compare=${trace.id}`}>
          Compare
        </a>
        <a class="button ghost" href={`/api/traces/${trace.id}`} download={`${trace.id}.json`}>
          <Icon name="download" /> JSON
        </a>
      </div>
      {view !== 'table' && <Minimap trace={trace} range={range} found={foundSet} onSelect={zoom} />}
      <div class={`trace-body ${selected ? 'with-details' : ''}`}>
        {view === 'timeline' && (
          <Waterfall
            trace={trace}
            rows={rows}
            closed={closed}
            selected={selected}
            found={foundSet}
            range={range}
            showCritical={showCritical}
            onSelect={select}
            onToggle={toggle}
            onZoom={zoom}
          />
        )}
        {view === 'flame' && (
          <Flame trace={trace} range={range} selected={selected} found={foundSet} onSelect={select} onZoom={zoom} />
        )}
        {view === 'table' && <Table trace={trace} onSelect={select} />}
        {selected && (
          <Details
            key={selected.id}
            trace={trace}
            span={selected}
            onSelect={select}
            onClose={() => select(undefined)}
          />
        )}
      </div>
    </main>
  );
}

function Head({ trace }: { readonly trace: Trace }) {
  const [root] = trace.roots;
  return (
    <header class="trace-head">
      <h1>
        <bdi>{root?.operation || '(no name)'}</bdi>
      </h1>
      <p class="facts">
        <strong>{formatDuration(trace.durationUs)}</strong>
        <span>{formatTime(trace.startUs)}</span>
        <span>{plural(trace.spans.length, 'span')}</span>
        <span>depth {trace.depth}</span>
        {trace.errorCount > 0 && <span class="badge error">{plural(trace.errorCount, 'error')}</span>}
        <span class="ids">
          <code>{trace.id}</code> <CopyButton text={trace.id} label="Copy the trace's id" />
        </span>
      </p>
      <p class="legend">
        {trace.services.map(({ name, spans }) => (
          <ServiceName key={name} name={name} count={spans} />
        ))}
      </p>
    </header>
  );
}

function currentView(): View {
  const name = parameters.value.get('view') ?? '';
  return Object.hasOwn(views, name) ? (name as View) : 'timeline';
}

function showView(view: View): void {
  setParameters({ view: view === 'timeline' ? undefined : view });
}

function isBranch({ children, depth }: TraceSpan): boolean {
  return children.length > 0 && depth > 0;
}
