import { useCallback } from 'preact/hooks';
import type { TraceRow } from '../../page-protocol.ts';
import { paint } from '../colours.ts';
import { Canvas, type Draw } from '../parts/canvas.tsx';
import { shapeOf } from './shapes.ts';

const MAX_LANES = 5;
const MIN_WIDTH = 1.5;

/** A trace's longest spans on a line of time, as small as a row. */
export function Shape({ row }: { readonly row: TraceRow }) {
  const shape = shapeOf(row).value;
  const colours = paint.value;
  const durationUs = row[2] || 1;

  const draw: Draw = useCallback(
    (context, width, height) => {
      if (shape === undefined) return;
      const laneEnds: number[] = [];
      const lanes = shape.bars.map(([, startUs, barUs]) => {
        let lane = laneEnds.findIndex((endUs) => endUs <= startUs);
        if (lane < 0) lane = Math.min(laneEnds.length, MAX_LANES - 1);
        laneEnds[lane] = Math.max(laneEnds[lane] ?? 0, startUs + barUs);
        return lane;
      });
      const laneHeight = Math.min(8, height / Math.max(2, laneEnds.length));
      const top = (height - laneHeight * laneEnds.length) / 2;
      for (const [index, [service, startUs, barUs, isError]] of shape.bars.entries()) {
        const x = Math.min((startUs / durationUs) * width, width - MIN_WIDTH);
        const y = top + (lanes[index] ?? 0) * laneHeight;
        context.fillStyle = isError ? colours.error : colours.service(shape.services[service] ?? '');
        context.fillRect(x, y, Math.max(MIN_WIDTH, (barUs / durationUs) * width), laneHeight - 1);
      }
    },
    [shape, colours, durationUs],
  );

  return <Canvas class="shape" aria-hidden="true" draw={draw} />;
}
