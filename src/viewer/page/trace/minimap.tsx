import { useCallback, useRef } from 'preact/hooks';
import { paint } from '../colours.ts';
import { formatDuration } from '../format.ts';
import { Canvas, type Draw } from '../parts/canvas.tsx';
import type { Range } from './range.ts';
import { timeTicks } from './time-ticks.ts';
import type { Trace, TraceSpan } from './trace.ts';
import { useTimeDrag } from './use-time-drag.ts';

interface MinimapProps {
  readonly trace: Trace;
  readonly range: Range;
  readonly found: ReadonlySet<TraceSpan>;
  readonly onSelect: (aUs: number, bUs: number) => void;
}

const AXIS_PX = 16;

/** All of the trace, small; a drag selects what the rows below show. */
export function Minimap({ trace, range, found, onSelect }: MinimapProps) {
  const box = useRef<HTMLDivElement>(null);
  const colours = paint.value;
  const durationUs = Math.max(1, trace.durationUs);
  const { selection, handlers } = useTimeDrag(() => box.current, { fromUs: 0, toUs: durationUs }, onSelect);

  const draw: Draw = useCallback(
    (context, width, height) => {
      context.font = '11px system-ui, sans-serif';
      context.textBaseline = 'top';
      for (const us of timeTicks(0, durationUs, width / 120)) {
        const x = (us / durationUs) * width;
        context.fillStyle = colours.line;
        context.fillRect(Math.round(x), 0, 1, height);
        context.fillStyle = colours.muted;
        context.textAlign = x > width - 50 ? 'right' : 'left';
        context.fillText(formatDuration(us), x > width - 50 ? x - 4 : x + 4, 2);
      }
      const room = height - AXIS_PX - 4;
      const rowHeight = Math.min(5, room / trace.spans.length);
      const barHeight = Math.max(1, rowHeight - (rowHeight > 2 ? 1 : 0));
      for (const span of trace.spans) {
        const y = AXIS_PX + span.index * rowHeight;
        const x = (span.startUs / durationUs) * width;
        context.fillStyle = span.isError ? colours.error : colours.service(span.service);
        context.globalAlpha = found.size === 0 || found.has(span) ? 1 : 0.25;
        context.fillRect(Math.min(x, width - 1), y, Math.max(1, (span.durationUs / durationUs) * width), barHeight);
      }
    },
    [trace, durationUs, found, colours],
  );

  const isZoomed = range.fromUs > 0 || range.toUs < durationUs;
  const percent = (share: number): string => `${share * 100}%`;
  return (
    <div ref={box} class="minimap" {...handlers} onDblClick={() => onSelect(0, durationUs)}>
      <Canvas draw={draw} role="img" aria-label="All spans of the trace over time; drag to zoom" />
      {isZoomed && (
        <>
          <div class="outside" style={{ left: 0, width: percent(range.fromUs / durationUs) }} />
          <div class="outside" style={{ left: percent(range.toUs / durationUs), right: 0 }} />
        </>
      )}
      {selection && (
        <div class="brush" style={{ left: percent(selection.from), width: percent(selection.to - selection.from) }} />
      )}
    </div>
  );
}
