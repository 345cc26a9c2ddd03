import { useEffect, useRef, useState } from 'preact/hooks';
import { hueOf } from '../colours.ts';
import { formatDuration, plural } from '../format.ts';
import { Icon } from '../parts/icons.tsx';
import { VirtualRows } from '../parts/virtual-rows.tsx';
import type { Range } from './range.ts';
import { timeTicks } from './time-ticks.ts';
import type { Trace, TraceSpan } from './trace.ts';
import { visibleSegments } from './visible-segments.ts';
import { useTimeDrag } from './use-time-drag.ts';

export const ROW_PX = 26;
const MAX_INDENT = 24;
const INDENT_PX = 12;

interface WaterfallProps {
  readonly trace: Trace;
  /** In sight, without those below closed ones. */
  readonly rows: readonly TraceSpan[];
  readonly closed: ReadonlySet<string>;
  readonly selected: TraceSpan | undefined;
  readonly found: ReadonlySet<TraceSpan>;
  readonly range: Range;
  readonly showCritical: boolean;
  readonly onSelect: (span: TraceSpan) => void;
  readonly onToggle: (span: TraceSpan) => void;
  readonly onZoom: (aUs: number, bUs: number) => void;
}

/** The spans of a trace as a tree beside a line of time. */
export function Waterfall(props: WaterfallProps) {
  const { trace, rows, selected, range, onZoom } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const { selection, handlers } = useTimeDrag(() => axis.current, range, onZoom);
  const [nameWidth, startResize] = useNameWidth();

  const selectedRow = selected ? rows.indexOf(selected) : -1;
  useEffect(() => {
    const element = scroller.current;
    if (!element || selectedRow < 0) return;
    const top = selectedRow * ROW_PX;
    const room = element.clientHeight - 2 * ROW_PX;
    if (top < element.scrollTop || top > element.scrollTop + room) element.scrollTop = top - room / 2;
  }, [selectedRow, selected]);

  const ticks = timeTicks(range.fromUs, range.toUs, 6);
  const place = (us: number): string => `${((us - range.fromUs) / (range.toUs - range.fromUs)) * 100}%`;
  return (
    <div class="waterfall" style={{ '--name-width': nameWidth }} {...handlers}>
      <div class="gridlines" aria-hidden="true">
        <div>
          {ticks.map((us) => (
            <i key={us} style={{ left: place(us) }} />
          ))}
          {selection && (
            <div
              class="brush"
              style={{ left: `${selection.from * 100}%`, width: `${(selection.to - selection.from) * 100}%` }}
            />
          )}
        </div>
      </div>
      <div ref={scroller} class="waterfall-scroller">
        <div
          role="treegrid"
          aria-label={`Spans of the trace, ${plural(trace.spans.length, 'row')}`}
          aria-rowcount={rows.length + 1}
          aria-colcount={2}
        >
          <div role="row" class="waterfall-head" aria-rowindex={1}>
            <div role="columnheader">
              Span
              <div class="resizer" aria-hidden="true" onPointerDown={startResize} />
            </div>
            <div role="columnheader" aria-label="Time" class="axis" ref={axis}>
              {ticks.map((us) => (
                <span key={us} class={isNearEnd(us, range) ? 'before' : ''} style={{ left: place(us) }}>
                  {formatDuration(us)}
                </span>
              ))}
            </div>
          </div>
          <VirtualRows
            count={rows.length}
            rowHeight={ROW_PX}
            scroller={scroller}
            role="rowgroup"
            row={(index) => {
              const span = rows[index];
              return span && <Row key={span.index} span={span} rowIndex={index + 2} {...props} />;
            }}
          />
        </div>
      </div>
    </div>
  );
}

/** What stands there has no room on its right. */
function isNearEnd(us: number, { fromUs, toUs }: Range): boolean {
  return us - fromUs > 0.85 * (toUs - fromUs);
}

interface RowProps extends WaterfallProps {
  readonly span: TraceSpan;
  readonly rowIndex: number;
}

function Row({ span, rowIndex, trace, closed, selected, found, range, showCritical, onSelect, onToggle }: RowProps) {
  const hasChildren = span.children.length > 0;
  const isClosed = closed.has(span.id);
  const isSelected = span === selected;
  const hasError = span.isError || (isClosed && span.hasErrorBelow);
  const classes = ['span-row', isSelected && 'selected', found.has(span) && 'found', hasError && 'error'];
  return (
    <div
      role="row"
      class={classes.filter(Boolean).join(' ')}
      style={{ '--hue': hueOf(span.service) }}
      aria-rowindex={rowIndex}
      aria-level={span.depth + 1}
      aria-expanded={hasChildren ? !isClosed : undefined}
      aria-selected={isSelected}
      data-span={span.id}
      tabIndex={isSelected || (!selected && rowIndex === 2) ? 0 : -1}
      onClick={() => onSelect(span)}
      onKeyDown={(event) => event.key === 'Enter' && onSelect(span)}
    >
      <div role="gridcell" class="name" style={{ '--indent': `${Math.min(span.depth, MAX_INDENT) * INDENT_PX}px` }}>
        {hasChildren ? (
          <button
            type="button"
            class="twisty"
            tabIndex={-1}
            aria-label={`${isClosed ? 'Open' : 'Close'} ${span.operation}`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span);
            }}
          >
            <Icon name={isClosed ? 'right' : 'down'} />
            {isClosed && <span class="below">{span.indexEnd - span.index - 1}</span>}
          </button>
        ) : (
          <span class="twisty" />
        )}
        <span class="text" title={`${span.service}: ${span.operation} ${span.telling}`.trimEnd()}>
          {hasError && <Icon name="error" class="icon error" />}
          {span.parent?.service !== span.service && <bdi class="svc">{span.service}</bdi>}
          <bdi class="op">{span.operation || '(no name)'}</bdi>
          {span.telling && <bdi class="telling">{span.telling}</bdi>}
        </span>
      </div>
      <div role="gridcell" class="time">
        <Bar span={span} range={range} traceUs={trace.durationUs} showCritical={showCritical} />
      </div>
    </div>
  );
}

interface BarProps {
  readonly span: TraceSpan;
  readonly range: Range;
  readonly traceUs: number;
  readonly showCritical: boolean;
}

function Bar({ span, range, showCritical }: BarProps) {
  const rangeUs = range.toUs - range.fromUs;
  const share = (us: number): number => ((us - range.fromUs) / rangeUs) * 100;
  const from = share(span.startUs);
  const to = share(span.endUs);
  if (to < 0 || from > 100) {
    return <span class={`beyond ${to < 0 ? 'before' : 'after'}`}>{to < 0 ? '‹' : '›'}</span>;
  }
  const inside = (us: number): string => `${((us - span.startUs) / Math.max(span.durationUs, 1e-9)) * 100}%`;
  const side = to < 84 ? 'after' : from > 16 ? 'before' : 'within';
  return (
    <>
      <div class="bar" style={{ left: `${from}%`, width: `${to - from}%` }}>
        {showCritical &&
          visibleSegments(span.critical, range).map(([fromUs, toUs]) => (
            <i
              key={fromUs}
              class="critical"
              style={{ left: inside(fromUs), width: `${((toUs - fromUs) / Math.max(span.durationUs, 1e-9)) * 100}%` }}
            />
          ))}
        {span.raw.logs.slice(0, 50).map((log, index) => (
          <i key={index} class="mark" style={{ left: inside(span.startUs + log.timestamp - span.raw.startTime) }} />
        ))}
      </div>
      <span
        class={`label ${side}`}
        style={side === 'after' ? { left: `${to}%` } : { right: `${100 - (side === 'before' ? from : 100)}%` }}
      >
        {formatDuration(span.durationUs)}
      </span>
    </>
  );
}

const WIDTH_KEY = 'otel-preload-name-width';

/** The width of the names, as the user has drawn it. */
function useNameWidth(): [string, (event: PointerEvent) => void] {
  const [width, setWidth] = useState(() => localStorage.getItem(WIDTH_KEY) ?? '38%');
  function start(event: PointerEvent): void {
    event.stopPropagation();
    event.preventDefault();
    const grip = event.currentTarget as HTMLElement;
    const box = grip.closest('.waterfall')?.getBoundingClientRect();
    if (!box) return;
    grip.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent): void => {
      const share = Math.min(75, Math.max(12, ((clientX - box.left) / box.width) * 100));
      setWidth(`${share.toFixed(1)}%`);
      localStorage.setItem(WIDTH_KEY, `${share.toFixed(1)}%`);
    };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', () => grip.removeEventListener('pointermove', move), { once: true });
  }
  return [width, start];
}
