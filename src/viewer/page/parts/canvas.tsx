import { useEffect, useRef, useState } from 'preact/hooks';
import type { HTMLAttributes } from 'preact';

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

interface CanvasProps extends Omit<HTMLAttributes<HTMLCanvasElement>, 'ref'> {
  /** Called anew whenever it is another function, or the size has changed; in CSS pixels. */
  readonly draw: Draw;
}

/** A canvas as sharp as the screen and as large as its box. */
export function Canvas({ draw, ...rest }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [[width, height], setSize] = useState<readonly [number, number]>([0, 0]);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize([element.clientWidth, element.clientHeight]));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0 || height === 0) return;
    element.width = Math.round(width * devicePixelRatio);
    element.height = Math.round(height * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    draw(context, width, height);
  }, [draw, width, height]);

  return <canvas ref={canvas} {...rest} />;
}
