import { useMemo, useState } from 'preact/hooks';
import { formatCount, formatDuration, formatShare } from '../format.ts';
import { Icon } from '../parts/icons.tsx';
import { ServiceName } from '../parts/service-name.tsx';
import { useSomeRows } from '../parts/some-rows.tsx';
import { sorted, SortHeader, type Sorting } from '../parts/sort-header.tsx';
import { mergeCalls, openCalls, totalsByOperation, type OperationTotals, type Totals } from './totals.ts';
import type { Trace, TraceSpan } from './trace.ts';

interface TableProps {
  readonly trace: Trace;
  readonly onSelect: (span: TraceSpan) => void;
}

/** What the operations of a trace took together: each by itself, or as a tree of who called whom. */
export function Table(props: TableProps) {
  const [isTree, setTree] = useState(false);
  return (
    <div class="totals">
      <div class="tabs" role="group" aria-label="Totals of">
        <button type="button" aria-pressed={!isTree} onClick={() => setTree(false)}>
          Operations
        </button>
        <button type="button" aria-pressed={isTree} onClick={() => setTree(true)}>
          Call tree
        </button>
      </div>
      {isTree ? <CallTree {...props} /> : <Operations {...props} />}
    </div>
  );
}

type Column = 'service' | 'operation' | 'count' | 'errors' | 'totalUs' | 'selfUs' | 'averageUs' | 'maxUs';

function valueOf(row: OperationTotals, column: Column): string | number {
  return column === 'averageUs' ? row.totalUs / row.count : row[column];
}

function Operations({ trace, onSelect }: TableProps) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ key: 'selfUs', isDescending: true });
  const rows = useMemo(() => totalsByOperation(trace.spans), [trace]);
  const { some, more } = useSomeRows(useMemo(() => sorted(rows, sorting, valueOf), [rows, sorting]));
  const selfUs = rows.reduce((sum, row) => sum + row.selfUs, 0) || 1;
  const head = (name: Column, text: string, isText = false) => (
    <SortHeader name={name} sorting={sorting} onSort={setSorting} isText={isText}>
      {text}
    </SortHeader>
  );
  return (
    <div class="table-scroller">
      <table class="data">
        <caption class="visually-hidden">Operations of the trace</caption>
        <thead>
          <tr>
            {head('service', 'Service', true)}
            {head('operation', 'Operation', true)}
            {head('count', 'Count')}
            {head('errors', 'Errors')}
            {head('totalUs', 'Total')}
            {head('averageUs', 'Average')}
            {head('maxUs', 'Longest')}
            {head('selfUs', 'Self')}
          </tr>
        </thead>
        <tbody>
          {some.map((row) => (
            <tr key={row.service + row.operation}>
              <td class="text">
                <ServiceName name={row.service} />
              </td>
              <th scope="row" class="text">
                <button type="button" class="as-link" title="Select the longest" onClick={() => onSelect(row.longest)}>
                  <bdi>{row.operation || '(no name)'}</bdi>
                </button>
              </th>
              <Numbers row={row} selfUs={selfUs} />
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </div>
  );
}

function CallTree({ trace, onSelect }: TableProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const nodes = useMemo(() => mergeCalls([trace]), [trace]);
  const { some, more } = useSomeRows(useMemo(() => openCalls(nodes, closed), [nodes, closed]));
  const selfUs = nodes.reduce((sum, { totals }) => sum + (totals[0]?.selfUs ?? 0), 0) || 1;

  function toggle(path: string): void {
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  }

  return (
    <div class="table-scroller">
      <table class="data">
        <caption class="visually-hidden">Call tree of the trace</caption>
        <thead>
          <tr>
            <th scope="col" class="text">
              Called
            </th>
            <th scope="col">Count</th>
            <th scope="col">Errors</th>
            <th scope="col">Total</th>
            <th scope="col">Average</th>
            <th scope="col">Longest</th>
            <th scope="col">Self</th>
          </tr>
        </thead>
        <tbody>
          {some.map((node) => {
            const [totals] = node.totals;
            const [first] = node.first;
            return (
              <tr key={node.path}>
                <th scope="row" class="text">
                  <span class="called" style={{ '--indent': `${Math.min(node.depth, 24) * 14}px` }}>
                    {node.children.length > 0 ? (
                      <button
                        type="button"
                        class="twisty"
                        aria-expanded={!closed.has(node.path)}
                        aria-label={`What ${node.operation} called`}
                        onClick={() => toggle(node.path)}
                      >
                        <Icon name={closed.has(node.path) ? 'right' : 'down'} />
                      </button>
                    ) : (
                      <span class="twisty" />
                    )}
                    <ServiceName name={node.service} />
                    <button type="button" class="as-link" onClick={() => first && onSelect(first)}>
                      <bdi>{node.operation || '(no name)'}</bdi>
                    </button>
                  </span>
                </th>
                {totals && <Numbers row={totals} selfUs={selfUs} />}
              </tr>
            );
          })}
        </tbody>
      </table>
      {more}
    </div>
  );
}

function Numbers({ row, selfUs }: { readonly row: Totals; readonly selfUs: number }) {
  return (
    <>
      <td>{formatCount(row.count)}</td>
      <td class={row.errors > 0 ? 'bad' : 'muted'}>{formatCount(row.errors)}</td>
      <td>{formatDuration(row.totalUs)}</td>
      <td>{formatDuration(row.totalUs / Math.max(1, row.count))}</td>
      <td>{formatDuration(row.maxUs)}</td>
      <td class="share" style={{ '--share': `${(row.selfUs / selfUs) * 100}%` }}>
        {formatDuration(row.selfUs)} <span class="muted">{formatShare(row.selfUs / selfUs)}</span>
      </td>
    </>
  );
}
