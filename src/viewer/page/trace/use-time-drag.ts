import { useState } from 'preact/hooks';
import type { Range } from './range.ts';

const DRAG_PX = 4;

interface Drag {
  readonly startX: number;
  readonly x: number;
}

/**
 * A drag along a line of time that selects a part of it.
 *
 * @param area what has the width of the line; the drag may begin anywhere in it
 */
export function useTimeDrag(
  area: () => HTMLElement | null,
  { fromUs, toUs }: Range,
  onSelect: (aUs: number, bUs: number) => void,
) {
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  const box = (): DOMRect | undefined => area()?.getBoundingClientRect();
  const share = (x: number): number => {
    const { left = 0, width = 1 } = box() ?? {};
    return Math.min(1, Math.max(0, (x - left) / width));
  };
  const isDragging = drag !== undefined && Math.abs(drag.x - drag.startX) >= DRAG_PX;
  return {
    /** What is dragged over, as shares of the width; undefined while nothing is. */
    selection: isDragging
      ? { from: share(Math.min(drag.startX, drag.x)), to: share(Math.max(drag.startX, drag.x)) }
      : undefined,
    handlers: {
      onPointerDown(event: PointerEvent): void {
        const { left = 0, right = 0 } = box() ?? {};
        if (event.button !== 0 || event.pointerType === 'touch') return;
        if (event.clientX < left || event.clientX > right) return;
        setDrag({ startX: event.clientX, x: event.clientX });
      },
      onPointerMove(event: PointerEvent): void {
        if (!drag) return;
        // only now: a captured pointer has no clicks on what is below it
        if (isDragging) (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        setDrag({ ...drag, x: event.clientX });
      },
      onPointerUp(): void {
        setDrag(undefined);
        if (!isDragging) return;
        const at = (x: number): number => fromUs + share(x) * (toUs - fromUs);
        onSelect(at(drag.startX), at(drag.x));
      },
      onPointerCancel(): void {
        setDrag(undefined);
      },
    },
  };
}
