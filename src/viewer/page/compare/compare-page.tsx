import { useMemo, useState } from 'preact/hooks';
import { formatCount, formatDifference, formatDuration, formatTime, plural } from '../format.ts';
import { Icon } from '../parts/icons.tsx';
import { useSomeRows } from '../parts/some-rows.tsx';
import { ServiceName } from '../parts/service-name.tsx';
import { hueOf } from '../colours.ts';
import { useTrace } from '../trace/load-trace.ts';
import { NoTrace } from '../trace/no-trace.tsx';
import { mergeCalls, openCalls, type CallNode, type Totals } from '../trace/totals.ts';
import type { Trace } from '../trace/trace.ts';
import { useKeys } from '../parts/keys.ts';
import { navigate } from '../router.ts';
import { useTitle } from '../parts/use-title.ts';

interface ComparePageProps {
  readonly a: string;
  readonly b: string;
}

/** Two traces beside each other, call by call. */
export function ComparePage({ a, b }: ComparePageProps) {
  const [first, second] = [useTrace(a), useTrace(b)];
  useKeys({ s: () => navigate(`/compare?a=${b}&b=${a}`) });
  if (first.state === 'loaded' && second.state === 'loaded') return <Comparison traces={[first.trace, second.trace]} />;
  const failed = [first, second].find((one) => one.state === 'failed');
  return (
    <main aria-busy={!failed}>
      <h1 class="visually-hidden">Compare two traces</h1>
      {failed?.state === 'failed' && <NoTrace error={failed.error} />}
    </main>
  );
}

function Comparison({ traces }: { readonly traces: readonly [Trace, Trace] }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [first, second] = traces;
  useTitle('Comparison');
  const nodes = useMemo(() => mergeCalls([first, second]), [first, second]);
  const { some, more } = useSomeRows(useMemo(() => openCalls(nodes, closed), [nodes, closed]));
  const scaleUs = Math.max(first.durationUs, second.durationUs, 1);

  function toggle(path: string): void {
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  }

  return (
    <main class="compare-page">
      <header class="trace-head">
        <h1>Compare two traces</h1>
        <div class="compared">
          {traces.map((trace, side) => (
            <TraceFacts key={trace.id + side} trace={trace} name={side === 0 ? 'A' : 'B'} />
          ))}
          <p class="difference">
            B takes <strong>{formatDifference(second.durationUs - first.durationUs)}</strong> and has{' '}
            <strong>{signed(second.spans.length - first.spans.length)}</strong> spans.{' '}
            <a href={`/compare?a=${second.id}&b=${first.id}`}>Swap</a> <kbd aria-hidden="true">s</kbd>
          </p>
        </div>
      </header>
      <div class="table-scroller">
        <table class="data comparison">
          <caption class="visually-hidden">Calls of both traces</caption>
          <thead>
            <tr>
              <th scope="col" class="text">
                Called
              </th>
              <th scope="col" class="text bars">
                A <span class="muted">0 – {formatDuration(scaleUs)}</span>
              </th>
              <th scope="col" class="text bars">
                B <span class="muted">0 – {formatDuration(scaleUs)}</span>
              </th>
              <th scope="col">A</th>
              <th scope="col">B</th>
              <th scope="col">B − A</th>
            </tr>
          </thead>
          <tbody>
            {some.map((node) => (
              <Row
                key={node.path}
                node={node}
                scaleUs={scaleUs}
                isClosed={closed.has(node.path)}
                onToggle={() => toggle(node.path)}
              />
            ))}
          </tbody>
        </table>
        {more}
      </div>
    </main>
  );
}

function TraceFacts({ trace, name }: { readonly trace: Trace; readonly name: string }) {
  const [root] = trace.roots;
  return (
    <section aria-label={`Trace ${name}`}>
      <h2>
        <span class="chip">{name}</span>{' '}
        <a href={`/trace/${trace.id}`}>
          <bdi>{root?.operation || '(no name)'}</bdi>
        </a>
      </h2>
      <p class="facts">
        <strong>{formatDuration(trace.durationUs)}</strong>
        <span>{formatTime(trace.startUs)}</span>
        <span>{plural(trace.spans.length, 'span')}</span>
        {trace.errorCount > 0 && <span class="badge error">{plural(trace.errorCount, 'error')}</span>}
      </p>
    </section>
  );
}

interface RowProps {
  readonly node: CallNode;
  readonly scaleUs: number;
  readonly isClosed: boolean;
  readonly onToggle: () => void;
}

function Row({ node, scaleUs, isClosed, onToggle }: RowProps) {
  const [a, b] = node.totals;
  if (!a || !b) return null;
  const isOnly = a.count === 0 || b.count === 0;
  const differenceUs = b.totalUs - a.totalUs;
  return (
    <tr style={{ '--hue': hueOf(node.service) }} class={isOnly ? 'only' : ''}>
      <th scope="row" class="text">
        <span class="called" style={{ '--indent': `${Math.min(node.depth, 24) * 14}px` }}>
          {node.children.length > 0 ? (
            <button
              type="button"
              class="twisty"
              aria-expanded={!isClosed}
              aria-label={`What ${node.operation} called`}
              onClick={onToggle}
            >
              <Icon name={isClosed ? 'right' : 'down'} />
            </button>
          ) : (
            <span class="twisty" />
          )}
          <ServiceName name={node.service} />
          <bdi>{node.operation || '(no name)'}</bdi>
        </span>
      </th>
      <Side totals={a} scaleUs={scaleUs} />
      <Side totals={b} scaleUs={scaleUs} />
      <Total totals={a} />
      <Total totals={b} />
      <td class={isOnly || differenceUs === 0 ? 'muted' : differenceUs > 0 ? 'bad' : 'good'}>
        {isOnly ? (a.count === 0 ? 'only B' : 'only A') : formatDifference(differenceUs)}
      </td>
    </tr>
  );
}

function Side({ totals, scaleUs }: { readonly totals: Totals; readonly scaleUs: number }) {
  const width = ((totals.endUs - totals.startUs) / scaleUs) * 100;
  return (
    <td class="bars">
      {totals.count > 0 && (
        <span
          class={`bar ${totals.errors > 0 ? 'error' : ''}`}
          style={{ left: `${(totals.startUs / scaleUs) * 100}%`, width: `${width}%` }}
        />
      )}
    </td>
  );
}

function Total({ totals }: { readonly totals: Totals }) {
  if (totals.count === 0) return <td class="muted">–</td>;
  return (
    <td>
      {totals.count > 1 && <span class="muted">{formatCount(totals.count)} × </span>}
      {formatDuration(totals.totalUs)}
    </td>
  );
}

function signed(count: number): string {
  return count === 0 ? 'as many' : count > 0 ? `${formatCount(count)} more` : `${formatCount(-count)} fewer`;
}
