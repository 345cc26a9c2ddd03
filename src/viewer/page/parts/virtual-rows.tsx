import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren, RefObject } from 'preact';

const OVERSCAN = 8;

interface VirtualRowsProps {
  readonly count: number;
  readonly rowHeight: number;
  /** What scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
  /** A row by its index, with a key. */
  readonly row: (index: number) => ComponentChildren;
  readonly onRange?: (first: number, end: number) => void;
  readonly role?: 'rowgroup' | 'presentation';
}

/** Rows of one height, of which only those in sight are in the document. */
export function VirtualRows({ count, rowHeight, scroller, row, onRange, role = 'presentation' }: VirtualRowsProps) {
  const [[first, end], setRange] = useState<readonly [number, number]>([0, 40]);
  const body = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let frame = 0;
    const measure = (): void => {
      frame = 0;
      const above = body.current?.offsetTop ?? 0;
      const top = Math.max(0, element.scrollTop - above);
      const from = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
      const to = Math.ceil((top + element.clientHeight) / rowHeight) + OVERSCAN;
      setRange((old) => (old[0] === from && old[1] === to ? old : [from, to]));
    };
    const soon = (): void => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    element.addEventListener('scroll', soon, { passive: true });
    const resized = new ResizeObserver(soon);
    resized.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', soon);
      resized.disconnect();
    };
  }, [scroller, rowHeight]);

  const last = Math.min(end, count);
  const start = Math.min(first, last);
  useLayoutEffect(() => onRange?.(start, last), [onRange, start, last]);
  const rows: ComponentChildren[] = [];
  for (let index = start; index < last; index++) rows.push(row(index));
  return (
    <div ref={body} role="presentation" style={{ height: `${count * rowHeight}px`, position: 'relative' }}>
      <div role={role} style={{ position: 'absolute', top: `${start * rowHeight}px`, left: 0, right: 0 }}>
        {rows}
      </div>
    </div>
  );
}
