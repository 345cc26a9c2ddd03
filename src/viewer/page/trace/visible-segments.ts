import type { Range } from './range.ts';

export type Segment = readonly [fromUs: number, toUs: number];

/** More of them than a screen has pixels would be drawn over each other. */
const MAX_SEGMENTS = 1500;

/** The parts that lie inside the range, in order; those that could not be told apart are one. */
export function visibleSegments(segments: readonly Segment[], { fromUs, toUs }: Range): Segment[] {
  const gapUs = (toUs - fromUs) / MAX_SEGMENTS;
  const merged: [number, number][] = [];
  for (const [from, to] of [...segments].sort(([a], [b]) => a - b)) {
    if (to < fromUs || from > toUs) continue;
    const last = merged.at(-1);
    if (last && from - last[1] < gapUs) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
