import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { paint } from '../colours.ts';
import { formatDuration, plural } from '../format.ts';
import { Canvas, type Draw } from '../parts/canvas.tsx';
import { placeInRows } from './flame-rows.ts';
import type { Range } from './range.ts';
import { timeTicks } from './time-ticks.ts';
import type { Trace, TraceSpan } from './trace.ts';
import { useTimeDrag } from './use-time-drag.ts';

const ROW_PX = 20;
const AXIS_PX = 22;
const MIN_TEXT_PX = 30;
/** A tick has so much room on its right, or its text stands on its left. */
const EDGE_PX = 50;
/** About. */
const CHAR_PX = 6.2;

interface FlameProps {
  readonly trace: Trace;
  readonly range: Range;
  readonly selected: TraceSpan | undefined;
  readonly found: ReadonlySet<TraceSpan>;
  readonly onSelect: (span: TraceSpan) => void;
  readonly onZoom: (aUs: number, bUs: number) => void;
}

interface Hovered {
  readonly span: TraceSpan;
  readonly x: number;
  readonly y: number;
}

/** Spans as boxes below their parents. A click selects, a double click zooms to a span, a drag to a time. */
export function Flame({ trace, range, selected, found, onSelect, onZoom }: FlameProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  const { rows, count } = useMemo(() => placeInRows(trace), [trace]);
  const { selection, handlers } = useTimeDrag(() => scroller.current, range, onZoom);
  const colours = paint.value;
  const rangeUs = range.toUs - range.fromUs;

  const draw: Draw = useCallback(
    (context, width, height) => {
      const x = (us: number): number => ((us - range.fromUs) / rangeUs) * width;
      context.font = '11px system-ui, sans-serif';
      context.textBaseline = 'middle';
      for (const us of timeTicks(range.fromUs, range.toUs, width / 120)) {
        context.fillStyle = colours.line;
        context.fillRect(Math.round(x(us)), 0, 1, height);
        context.fillStyle = colours.muted;
        const isNearEnd = x(us) > width - EDGE_PX;
        context.textAlign = isNearEnd ? 'right' : 'left';
        context.fillText(formatDuration(us), x(us) + (isNearEnd ? -4 : 4), AXIS_PX / 2);
      }
      context.textAlign = 'left';
      for (const span of trace.spans) {
        const y = AXIS_PX + (rows[span.index] ?? 0) * ROW_PX - top;
        const left = Math.max(0, x(span.startUs));
        const right = Math.min(width, x(span.endUs));
        if (y < AXIS_PX - ROW_PX || y > height || right < 0 || left > width) continue;
        const boxWidth = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
        context.globalAlpha = found.size === 0 || found.has(span) ? 1 : 0.3;
        context.fillStyle = colours.service(span.service);
        context.fillRect(left, y, boxWidth, ROW_PX - 1);
        if (span.isError) {
          context.fillStyle = colours.error;
          context.fillRect(left, y + ROW_PX - 4, boxWidth, 3);
        }
        if (span === selected) {
          context.strokeStyle = colours.text;
          context.lineWidth = 2;
          context.strokeRect(left + 1, y + 1, Math.max(1, boxWidth - 2), ROW_PX - 3);
        }
        if (boxWidth < MIN_TEXT_PX) continue;
        context.save();
        context.beginPath();
        context.rect(left, y, boxWidth - 4, ROW_PX);
        context.clip();
        context.fillStyle = colours.onService;
        const text = `${span.operation}  ${formatDuration(span.durationUs)}`;
        const fits = text.length * CHAR_PX < boxWidth;
        context.fillText(fits ? text : span.operation, left + 5, y + ROW_PX / 2);
        context.restore();
      }
      context.globalAlpha = 1;
    },
    [trace, rows, range.fromUs, range.toUs, rangeUs, top, selected, found, colours],
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !selected) return;
    const y = AXIS_PX + (rows[selected.index] ?? 0) * ROW_PX;
    if (y < element.scrollTop + AXIS_PX || y > element.scrollTop + element.clientHeight - ROW_PX) {
      element.scrollTop = y - element.clientHeight / 2;
    }
  }, [selected, rows]);

  function at({ clientX, clientY }: MouseEvent): Hovered | undefined {
    const box = scroller.current?.getBoundingClientRect();
    if (!box) return undefined;
    const [x, y] = [clientX - box.left, clientY - box.top];
    const row = Math.floor((y + top - AXIS_PX) / ROW_PX);
    const us = range.fromUs + (x / box.width) * rangeUs;
    const slackUs = (1.5 / box.width) * rangeUs;
    const span = trace.spans.find(
      (one) => rows[one.index] === row && one.startUs - slackUs <= us && us <= one.endUs + slackUs,
    );
    return span && { span, x, y };
  }

  return (
    <div class="flame" {...handlers}>
      <div
        ref={scroller}
        class="flame-scroller"
        tabIndex={0}
        role="group"
        aria-label="Flame graph"
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onMouseMove={(event) => setHovered(at(event))}
        onMouseLeave={() => setHovered(undefined)}
        onClick={(event) => {
          const hit = at(event);
          if (hit) onSelect(hit.span);
        }}
        onDblClick={(event) => {
          const hit = at(event);
          if (hit) onZoom(hit.span.startUs, hit.span.endUs);
          else onZoom(0, trace.durationUs);
        }}
      >
        <Canvas
          draw={draw}
          role="img"
          aria-label={`Flame graph of ${plural(trace.spans.length, 'span')}; the timeline has the same spans as rows`}
        />
        <div style={{ height: `${AXIS_PX + count * ROW_PX}px` }} />
      </div>
      {selection && (
        <div
          class="brush"
          style={{ left: `${selection.from * 100}%`, width: `${(selection.to - selection.from) * 100}%` }}
        />
      )}
      {hovered && !selection && (
        <div
          class={`tooltip ${hovered.x > innerWidth / 2 ? 'to-left' : ''}`}
          style={{ left: `${hovered.x}px`, top: `${hovered.y}px` }}
        >
          <strong>
            <bdi>{hovered.span.operation}</bdi>
          </strong>
          <span>
            <bdi>{hovered.span.service}</bdi> · {formatDuration(hovered.span.durationUs)} · self{' '}
            {formatDuration(hovered.span.selfUs)}
          </span>
        </div>
      )}
    </div>
  );
}
