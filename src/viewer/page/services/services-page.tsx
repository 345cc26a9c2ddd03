import { useState } from 'preact/hooks';
import type { Red, ServiceStatistics, Statistics } from '../../page-protocol.ts';
import { formatCount, formatDuration, formatRate, formatShare, plural } from '../format.ts';
import { FirstTrace } from '../list/first-trace.tsx';
import { Icon } from '../parts/icons.tsx';
import { ServiceName } from '../parts/service-name.tsx';
import { sorted, SortHeader, type Sorting } from '../parts/sort-header.tsx';
import { currentWindow, useStatistics } from './use-statistics.ts';
import { WindowSelect } from './window-select.tsx';
import { useTitle } from '../parts/use-title.ts';

type Column = 'service' | 'requests' | 'errors' | 'p50Us' | 'p95Us' | 'p99Us' | 'maxUs';

/** Rate, errors and durations of each service's requests. */
export function ServicesPage() {
  const statistics = useStatistics(currentWindow());
  useTitle('Services');
  return (
    <main class="services-page">
      <div class="page-head">
        <h1>Services</h1>
        {statistics && <span class="muted">from {plural(statistics.traces, 'trace')}</span>}
        <span class="gap" />
        <WindowSelect />
      </div>
      {statistics && (statistics.services.length > 0 ? <RedTable statistics={statistics} /> : <FirstTrace />)}
    </main>
  );
}

function RedTable({ statistics }: { readonly statistics: Statistics }) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ key: 'requests', isDescending: true });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rangeUs = statistics.endUs - statistics.startUs;
  const head = (name: Column, text: string, isText = false) => (
    <SortHeader name={name} sorting={sorting} onSort={setSorting} isText={isText}>
      {text}
    </SortHeader>
  );

  function toggle(service: string): void {
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(service)) next.add(service);
      return next;
    });
  }

  const valueOf = (row: ServiceStatistics, column: Column): string | number =>
    column === 'errors' ? row.errors / Math.max(1, row.requests) : row[column];
  return (
    <div class="table-scroller">
      <table class="data">
        <caption class="visually-hidden">Requests by service</caption>
        <thead>
          <tr>
            {head('service', 'Service', true)}
            {head('requests', 'Requests')}
            <th scope="col">Rate</th>
            {head('errors', 'Errors')}
            {head('p50Us', 'p50')}
            {head('p95Us', 'p95')}
            {head('p99Us', 'p99')}
            {head('maxUs', 'Longest')}
          </tr>
        </thead>
        {sorted(statistics.services, sorting, valueOf).map((row) => (
          <tbody key={row.service}>
            <tr>
              <th scope="row" class="text">
                <span class="called">
                  <button
                    type="button"
                    class="twisty"
                    aria-expanded={open.has(row.service)}
                    aria-label={`Operations of ${row.service}`}
                    onClick={() => toggle(row.service)}
                  >
                    <Icon name={open.has(row.service) ? 'down' : 'right'} />
                  </button>
                  <a href={`/?service=${encodeURIComponent(row.service)}`}>
                    <ServiceName name={row.service} />
                  </a>
                </span>
              </th>
              <Numbers row={row} rangeUs={rangeUs} />
            </tr>
            {open.has(row.service) &&
              row.operations.map((operation) => (
                <tr key={operation.operation + operation.kind} class="below">
                  <th scope="row" class="text">
                    <span class="called" style={{ '--indent': '30px' }}>
                      <a
                        href={`/?service=${encodeURIComponent(row.service)}&operation=${encodeURIComponent(operation.operation)}`}
                      >
                        <bdi>{operation.operation || '(no name)'}</bdi>
                      </a>
                      {operation.kind && <span class="muted">{operation.kind}</span>}
                    </span>
                  </th>
                  <Numbers row={operation} rangeUs={rangeUs} />
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Numbers({ row, rangeUs }: { readonly row: Red; readonly rangeUs: number }) {
  return (
    <>
      <td>{formatCount(row.requests)}</td>
      <td>{formatRate(row.requests, rangeUs)}</td>
      <td class={row.errors > 0 ? 'bad' : 'muted'}>{formatShare(row.errors / Math.max(1, row.requests))}</td>
      <td>{formatDuration(row.p50Us)}</td>
      <td>{formatDuration(row.p95Us)}</td>
      <td>{formatDuration(row.p99Us)}</td>
      <td>{formatDuration(row.maxUs)}</td>
    </>
  );
}
