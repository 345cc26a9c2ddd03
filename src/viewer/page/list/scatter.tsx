import { useCallback, useRef, useState } from 'preact/hooks';
import type { TraceRow } from '../../page-protocol.ts';
import { paint, type Paint } from '../colours.ts';
import { formatDuration, formatTime } from '../format.ts';
import { Canvas, type Draw } from '../parts/canvas.tsx';
import { navigate } from '../router.ts';
import { createScales, type Scales } from './scatter-scales.ts';

interface ScatterProps {
  readonly rows: readonly TraceRow[];
  readonly onSelect: (area: { startUs: number; endUs: number; minUs: number; maxUs: number }) => void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const NEAR_PX = 10;
const DRAG_PX = 5;
/** From so many points on they shine through, or the plot would be one blot. */
const MANY = 2000;

/** Durations over time, a point a trace. A click opens the trace, a drag asks for what is inside. */
export function Scatter({ rows, onSelect }: ScatterProps) {
  const scales = useRef<Scales | undefined>(undefined);
  const [hovered, setHovered] = useState<TraceRow | undefined>(undefined);
  const [drag, setDrag] = useState<readonly [Point, Point] | undefined>(undefined);
  const colours = paint.value;

  const draw: Draw = useCallback(
    (context, width, height) => {
      scales.current = createScales(rows, width, height);
      drawAxes(context, scales.current, width, height, colours);
      drawPoints(context, scales.current, rows, colours);
    },
    [rows, colours],
  );

  function pointOf({ clientX, clientY, currentTarget }: MouseEvent): Point {
    const box = (currentTarget as HTMLElement).getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  }

  function nearest({ x, y }: Point): TraceRow | undefined {
    let best: TraceRow | undefined;
    let bestDistance = NEAR_PX ** 2;
    if (!scales.current) return undefined;
    for (const row of rows) {
      const distance = (scales.current.x(row[1]) - x) ** 2 + (scales.current.y(row[2]) - y) ** 2;
      if (distance <= bestDistance) [best, bestDistance] = [row, distance];
    }
    return best;
  }

  function onPointerDown(event: PointerEvent): void {
    const point = pointOf(event);
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    setDrag([point, point]);
  }

  function onPointerMove(event: PointerEvent): void {
    const point = pointOf(event);
    if (drag) setDrag([drag[0], point]);
    else setHovered(nearest(point));
  }

  function onPointerUp(event: PointerEvent): void {
    if (!drag || !scales.current) return;
    const [from, to] = [drag[0], pointOf(event)];
    setDrag(undefined);
    if (Math.hypot(to.x - from.x, to.y - from.y) < DRAG_PX) {
      const row = nearest(to);
      if (row) navigate(`/trace/${row[0]}`);
      return;
    }
    const { timeAt, durationAt } = scales.current;
    onSelect({
      startUs: timeAt(Math.min(from.x, to.x)),
      endUs: timeAt(Math.max(from.x, to.x)),
      minUs: durationAt(Math.max(from.y, to.y)),
      maxUs: durationAt(Math.min(from.y, to.y)),
    });
  }

  const place = hovered && scales.current && { x: scales.current.x(hovered[1]), y: scales.current.y(hovered[2]) };
  return (
    <figure class="scatter">
      <Canvas
        draw={draw}
        role="img"
        aria-label={`Durations of ${rows.length} traces over time; the list below has the same traces`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setHovered(undefined)}
        style={{ cursor: hovered ? 'pointer' : 'crosshair' }}
      />
      {drag && <div class="brush" style={boxOf(drag)} />}
      {hovered && place && !drag && (
        <div
          class={`tooltip ${place.x > innerWidth / 2 ? 'to-left' : ''}`}
          style={{ left: `${place.x}px`, top: `${place.y}px` }}
        >
          <strong>
            <bdi>{hovered[6]}</bdi>
          </strong>
          <span>
            <bdi>{hovered[5]}</bdi> · {formatDuration(hovered[2])} · {formatTime(hovered[1])}
          </span>
        </div>
      )}
    </figure>
  );
}

function drawAxes(
  context: CanvasRenderingContext2D,
  { left, durationTicks, timeTicks }: Scales,
  width: number,
  height: number,
  { line, muted }: Paint,
): void {
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const { y, label } of durationTicks) {
    context.fillStyle = line;
    context.fillRect(left, Math.round(y), width - left, 1);
    context.fillStyle = muted;
    context.fillText(label, left - 8, y);
  }
  context.fillStyle = muted;
  context.textBaseline = 'bottom';
  for (const { x, label } of timeTicks) {
    context.textAlign = x > width - 40 ? 'right' : x < left + 40 ? 'left' : 'center';
    context.fillText(label, Math.min(x, width - 2), height);
  }
}

function drawPoints(
  context: CanvasRenderingContext2D,
  scales: Scales,
  rows: readonly TraceRow[],
  { error, accent }: Paint,
): void {
  const shrink = rows.length > MANY ? 0.6 : 1;
  // errors last: they must not lie below the others
  for (const isError of [false, true]) {
    context.globalAlpha = rows.length <= MANY ? 0.75 : isError ? 0.7 : 0.3;
    context.fillStyle = isError ? error : accent;
    context.beginPath();
    for (const [, startUs, durationUs, spanCount, errorCount] of rows) {
      if (errorCount > 0 !== isError) continue;
      const [x, y, radius] = [scales.x(startUs), scales.y(durationUs), scales.radius(spanCount) * shrink];
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }
}

function boxOf([a, b]: readonly [Point, Point]): Record<string, string> {
  return {
    left: `${Math.min(a.x, b.x)}px`,
    top: `${Math.min(a.y, b.y)}px`,
    width: `${Math.abs(a.x - b.x)}px`,
    height: `${Math.abs(a.y - b.y)}px`,
  };
}
