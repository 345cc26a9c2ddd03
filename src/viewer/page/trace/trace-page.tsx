import { useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError, getJson, listen } from '../api.ts';
import { formatDuration, formatTime, plural } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Icon } from '../parts/icons.tsx';
import { focusField, useKeys } from '../parts/keys.ts';
import { ServiceName } from '../parts/service-name.tsx';
import { parameters, setParameters } from '../router.ts';
import { buildTrace } from './build-trace.ts';
import { Details } from './details.tsx';
import { findSpans } from './find-spans.ts';
import { Minimap } from './minimap.tsx';
import { formatRange, parseRange } from './range.ts';
import type { JaegerTrace, Trace, TraceSpan } from './trace.ts';
import { uncover, visibleRows } from './visible-rows.ts';
import { Waterfall } from './waterfall.tsx';

type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: Error }
  | { readonly state: 'loaded'; readonly trace: Trace };

/** The trace as it is now: spans may still be arriving. */
function useTrace(id: string): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' });
  useEffect(() => {
    const aborted = new AbortController();
    async function load(): Promise<void> {
      try {
        const answer = await getJson<{ data: [JaegerTrace] }>(`/api/traces/${id}`, aborted.signal);
        setLoaded({ state: 'loaded', trace: buildTrace(answer.data[0]) });
      } catch (error) {
        if (!aborted.signal.aborted) setLoaded({ state: 'failed', error: error as Error });
      }
    }
    void load();
    const stop = listen(`/viewer/trace/${id}`, (on) => on('changed', () => void load()));
    return () => {
      aborted.abort();
      stop();
    };
  }, [id]);
  return loaded;
}

export function TracePage({ id }: { readonly id: string }) {
  const loaded = useTrace(id);
  if (loaded.state === 'loading') {
    return (
      <main aria-busy="true">
        <h1 class="visually-hidden">Trace</h1>
      </main>
    );
  }
  if (loaded.state === 'failed') {
    const isMissing = loaded.error instanceof ApiError && loaded.error.status === 404;
    return (
      <main>
        <Empty title={isMissing ? 'This trace is not here' : 'The trace could not be loaded'}>
          <p>
            {isMissing ? 'It was never received, or went to make room for newer ones. ' : `${loaded.error.message}. `}
            <a href="/">All traces</a>
          </p>
        </Empty>
      </main>
    );
  }
  return <LoadedTrace trace={loaded.trace} />;
}

function LoadedTrace({ trace }: { readonly trace: Trace }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [showCritical, setCritical] = useState(true);
  const query = parameters.value.get('find') ?? '';
  const range = parseRange(parameters.value.get('zoom'), trace.durationUs);
  const selected = trace.byId.get(parameters.value.get('span') ?? '');
  const rows = useMemo(() => visibleRows(trace, closed), [trace, closed]);
  const found = useMemo(() => findSpans(trace, query), [trace, query]);
  const foundSet = useMemo(() => new Set(found), [found]);
  const [root] = trace.roots;

  function select(span: TraceSpan | undefined): void {
    if (span) setClosed((old) => uncover(old, span));
    setParameters({ span: span?.id });
  }

  function toggle(span: TraceSpan, close: boolean = !closed.has(span.id)): void {
    setClosed((old) => {
      const next = new Set(old);
      if (close) next.add(span.id);
      else next.delete(span.id);
      return next;
    });
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
    select(ahead ?? spans.at(by > 0 ? 0 : -1));
  }

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    h: () => selected && collapseOrParent(selected),
    ArrowLeft: () => selected && collapseOrParent(selected),
    l: () => selected && toggle(selected, false),
    ArrowRight: () => selected && toggle(selected, false),
    n: () => found.length > 0 && stepAmong(found, 1),
    N: () => found.length > 0 && stepAmong(found, -1),
    e: () =>
      stepAmong(
        trace.spans.filter(({ isError }) => isError),
        1,
      ),
    p: () => setCritical((old) => !old),
    z: () => setParameters({ zoom: undefined }),
    '/': () => focusField('/'),
    Escape: () => select(undefined),
  });

  function collapseOrParent(span: TraceSpan): void {
    if (span.children.length > 0 && !closed.has(span.id)) toggle(span, true);
    else select(span.parent ?? span);
  }

  return (
    <main class="trace-page">
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
      <div class="toolbar">
        <Find query={query} found={found} selected={selected} onStep={(by) => stepAmong(found, by)} />
        <span class="gap" />
        <button type="button" class="toggle" aria-pressed={showCritical} onClick={() => setCritical((old) => !old)}>
          Critical path
        </button>
        <button
          type="button"
          class="ghost"
          onClick={() =>
            setClosed(closed.size > 0 ? new Set() : new Set(trace.spans.filter(isBranch).map(({ id }) => id)))
          }
        >
          {closed.size > 0 ? 'Open all' : 'Close all'}
        </button>
        <a class="button ghost" href={`/api/traces/${trace.id}`} download={`${trace.id}.json`}>
          <Icon name="download" /> JSON
        </a>
      </div>
      <Minimap trace={trace} range={range} found={foundSet} onSelect={zoom} />
      <div class={`trace-body ${selected ? 'with-details' : ''}`}>
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
        {selected && <Details trace={trace} span={selected} onSelect={select} onClose={() => select(undefined)} />}
      </div>
    </main>
  );
}

function isBranch({ children, depth }: TraceSpan): boolean {
  return children.length > 0 && depth > 0;
}

interface FindProps {
  readonly query: string;
  readonly found: readonly TraceSpan[];
  readonly selected: TraceSpan | undefined;
  readonly onStep: (by: 1 | -1) => void;
}

function Find({ query, found, selected, onStep }: FindProps) {
  const place = selected ? found.indexOf(selected) + 1 : 0;
  return (
    <span class="find">
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Find in the trace"
          placeholder="Find in the trace"
          spellcheck={false}
          autocomplete="off"
          data-focus-key="/"
          value={query}
          onInput={(event) => setParameters({ find: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && found.length > 0) onStep(event.shiftKey ? -1 : 1);
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {query !== '' && (
        <>
          <output class="muted" aria-live="polite">
            {found.length === 0 ? 'nothing' : `${place || '–'} of ${found.length}`}
          </output>
          <button
            type="button"
            class="ghost"
            aria-label="Previous"
            disabled={found.length === 0}
            onClick={() => onStep(-1)}
          >
            <Icon name="up" />
          </button>
          <button type="button" class="ghost" aria-label="Next" disabled={found.length === 0} onClick={() => onStep(1)}>
            <Icon name="down" />
          </button>
        </>
      )}
    </span>
  );
}
