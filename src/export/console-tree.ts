import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Exporter } from './exporter.ts';

export interface ConsoleTreeOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
}

interface Trace {
  open: number;
  readonly spans: ReadableSpan[];
}

const MAX_TRACES = 1000;
/** The few attributes that tell one request from another; the first that is there is shown. */
const TELLING = ['http.route', 'url.path', 'http.target', 'url.full', 'db.query.text', 'rpc.method', 'messaging.destination.name'];

/**
 * Draws each trace as a tree once its last local span has ended: kind, name, duration, error.
 *
 * Traces that never come to rest are drawn when the process ends, or when a thousand others are waiting.
 */
export function createConsoleTree({ write, colour }: ConsoleTreeOptions): Exporter {
  const traces = new Map<string, Trace>();
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

  function draw(traceId: string): void {
    const trace = traces.get(traceId);
    traces.delete(traceId);
    if (trace === undefined || trace.spans.length === 0) return;
    const children = new Map<string, ReadableSpan[]>();
    for (const span of trace.spans) {
      const parentId = span.parentSpanContext?.spanId ?? '';
      children.set(parentId, [...(children.get(parentId) ?? []), span]);
    }
    const local = new Set(trace.spans.map((span) => span.spanContext().spanId));
    const roots = trace.spans.filter((span) => !local.has(span.parentSpanContext?.spanId ?? ''));
    const lines = [`${paint(2, `trace ${traceId}`)}`];
    const visit = (span: ReadableSpan, lead: string, branch: string, below: string): void => {
      lines.push(`${lead}${branch}${describe(span)}`);
      const inside = (children.get(span.spanContext().spanId) ?? []).toSorted(byStart);
      for (const [index, child] of inside.entries()) {
        const last = index === inside.length - 1;
        visit(child, lead + below, last ? '└─ ' : '├─ ', last ? '   ' : '│  ');
      }
    };
    for (const root of roots.toSorted(byStart)) visit(root, '', '', '');
    write(`${lines.join('\n')}\n`);
  }

  function describe(span: ReadableSpan): string {
    const service = String(span.resource.attributes['service.name'] ?? '');
    const kind = span.kind === SpanKind.INTERNAL ? '' : `${paint(36, SpanKind[span.kind].toLowerCase())} `;
    const key = TELLING.find((one) => span.attributes[one] !== undefined && !span.name.includes(String(span.attributes[one])));
    const detail = key === undefined ? '' : ` ${paint(2, oneLine(String(span.attributes[key])))}`;
    const failed = span.status.code === SpanStatusCode.ERROR;
    const error = failed ? ` ${paint(31, oneLine(`✗ ${span.status.message ?? 'error'}`))}` : '';
    return `${paint(2, service)} ${kind}${paint(1, oneLine(span.name))}${detail} ${paint(33, duration(span.duration))}${error}`;
  }

  const processor: SpanProcessor = {
    onStart(span) {
      const { traceId } = span.spanContext();
      const trace = traces.get(traceId) ?? { open: 0, spans: [] };
      trace.open++;
      traces.set(traceId, trace);
      const [oldest] = traces.keys();
      if (traces.size > MAX_TRACES && oldest !== undefined) draw(oldest);
    },
    onEnd(span) {
      const { traceId } = span.spanContext();
      const trace = traces.get(traceId) ?? { open: 1, spans: [] };
      traces.set(traceId, trace);
      trace.spans.push(span);
      if (--trace.open <= 0) draw(traceId);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };

  const drawAll = (): void => {
    for (const traceId of [...traces.keys()]) draw(traceId);
  };

  return {
    target: 'console',
    processor,
    flush() {
      drawAll();
      return Promise.resolve();
    },
    get idle() {
      return [...traces.values()].every(({ spans }) => spans.length === 0);
    },
    takeUnsent() {
      drawAll();
      return undefined;
    },
    stats: () => undefined,
  };
}

const SECOND_MS = 1000;

/** `830 µs`, `12.3 ms`, `4.56 s`. */
function duration([seconds, nanos]: HrTime): string {
  const ms = seconds * SECOND_MS + nanos / 1e6;
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  return ms < SECOND_MS ? `${ms.toFixed(1)} ms` : `${(ms / SECOND_MS).toFixed(2)} s`;
}

/** Spans hold what strangers sent: no control character of theirs reaches the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 120);
}

function byStart(a: ReadableSpan, b: ReadableSpan): number {
  return a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1];
}
