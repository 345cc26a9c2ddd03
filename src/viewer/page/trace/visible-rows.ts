import type { Trace, TraceSpan } from './trace.ts';

/** The rows that are shown where some spans, named by their ids, are closed. */
export function visibleRows({ spans }: Trace, closed: ReadonlySet<string>): readonly TraceSpan[] {
  if (closed.size === 0) return spans;
  const rows: TraceSpan[] = [];
  for (let index = 0; index < spans.length;) {
    const span = spans[index];
    if (!span) break;
    rows.push(span);
    index = closed.has(span.id) ? span.indexEnd : index + 1;
  }
  return rows;
}

/** Opens all above `span`, so that it is shown. */
export function uncover(closed: ReadonlySet<string>, span: TraceSpan): ReadonlySet<string> {
  const left = new Set(closed);
  for (let above = span.parent; above; above = above.parent) left.delete(above.id);
  return left.size === closed.size ? closed : left;
}
