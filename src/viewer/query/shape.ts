import type { ShapeBar, Shapes } from '../page-protocol.ts';
import type { StoredSpan } from '../store/stored-span.ts';
import type { StoredTrace } from '../store/trace-table.ts';

/** More than a row of the list has pixels for. */
const MAX_BARS = 60;

/** The longest spans of a trace, for the small timeline in its row. */
export function toShape(trace: StoredTrace): Shapes[string] {
  const spans: StoredSpan[] = [...trace.spans()].sort((a, b) => b.durationNs - a.durationNs).slice(0, MAX_BARS);
  const services = Object.keys(trace.summary.services);
  const bars = spans
    .sort((a, b) => a.startUs - b.startUs || b.durationNs - a.durationNs)
    .map(({ process, startUs, durationNs, isError }): ShapeBar => [
      services.indexOf(process.serviceName),
      startUs - trace.summary.startUs,
      durationNs / 1000,
      isError ? 1 : 0,
    ]);
  return { services, bars };
}
