import type { Trace, TraceSpan } from './trace.ts';

/**
 * Places each span in a row below its parent where nothing else is at its time: spans that ran at the same time lie under
 * each other, not over each other.
 *
 * @returns the row of each span, by its index, and how many there are
 */
export function placeInRows({ spans }: Trace): { readonly rows: Uint32Array; readonly count: number } {
  const rows = new Uint32Array(spans.length);
  /** Where each row is free from; spans come in the order of their start. */
  const freeFromUs: number[] = [];
  const byStart = [...spans].sort((a, b) => a.startUs - b.startUs || a.index - b.index);
  const placed = new Set<TraceSpan>();
  for (const span of byStart) {
    // a child that began before its parent, by clocks that differ, begins where rows begin
    let row = span.parent && placed.has(span.parent) ? (rows[span.parent.index] ?? 0) + 1 : 0;
    while ((freeFromUs[row] ?? 0) > span.startUs) row++;
    rows[span.index] = row;
    for (let missing = freeFromUs.length; missing < row; missing++) freeFromUs[missing] = 0;
    freeFromUs[row] = Math.max(span.endUs, span.startUs + Number.MIN_VALUE);
    placed.add(span);
  }
  return { rows, count: freeFromUs.length };
}
