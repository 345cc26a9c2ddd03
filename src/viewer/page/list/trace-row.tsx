import { signal } from '@preact/signals';
import type { TraceRow as Row } from '../../page-protocol.ts';
import { formatAge, formatCount, formatDuration, formatTime, plural } from '../format.ts';
import { ServiceName } from '../parts/service-name.tsx';
import { Shape } from './shape.tsx';

const SHOWN_SERVICES = 4;

/** Ticks, so that ages stay true. */
export const nowMs = signal(Date.now());
setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now();
}, 5000);

interface TraceRowProps {
  readonly row: Row;
  readonly index: number;
  readonly total: number;
  readonly isPicked: boolean;
  readonly onPick: (id: string) => void;
}

export function TraceRow({ row, index, total, isPicked, onPick }: TraceRowProps) {
  const [id, startUs, durationUs, spanCount, errorCount, rootService, rootOperation, services] = row;
  const others = services.filter((service) => service !== rootService);
  return (
    <div role="listitem" class="trace-row" aria-setsize={total} aria-posinset={index + 1}>
      <input
        type="checkbox"
        aria-label={`Compare ${rootOperation} of ${formatTime(startUs)}`}
        title="Pick two to compare"
        checked={isPicked}
        onChange={() => onPick(id)}
      />
      <a href={`/trace/${id}`} data-row={index}>
        <span class="what">
          <span class="name">
            {errorCount > 0 && <span class="badge error">{plural(errorCount, 'error')}</span>}
            <bdi class="operation">{rootOperation || '(no name)'}</bdi>
          </span>
          <span class="services">
            <ServiceName name={rootService} />
            {others.slice(0, SHOWN_SERVICES).map((service) => (
              <ServiceName key={service} name={service} />
            ))}
            {others.length > SHOWN_SERVICES && <span class="muted">+{others.length - SHOWN_SERVICES}</span>}
          </span>
        </span>
        <Shape row={row} />
        <span class="spans">{formatCount(spanCount)}</span>
        <span class="duration">{formatDuration(durationUs)}</span>
        <time dateTime={isoOf(startUs)} title={formatTime(startUs)}>
          {formatAge(startUs, nowMs.value)}
        </time>
      </a>
    </div>
  );
}

function isoOf(us: number): string {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
