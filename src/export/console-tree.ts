import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { drawTrace, type DrawnSpan } from './draw-trace.ts';
import type { Exporter } from './exporter.ts';

export interface ConsoleTreeOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
}

interface Trace {
  open: number;
  readonly spans: DrawnSpan[];
}

const MAX_TRACES = 1000;
/** A trace that never comes to rest, below a span that a server never ends, is drawn in pieces. */
const MAX_SPANS = 1000;

/**
 * Draws each trace as a tree once its last local span has ended.
 *
 * Traces that never come to rest are drawn when the process ends, when they have a thousand spans, or when a thousand
 * others are waiting. A span that cannot be drawn is left out: the app's `end()` must not fail for it.
 */
export function createConsoleTree({ write, colour }: ConsoleTreeOptions): Exporter {
  const traces = new Map<string, Trace>();

  function draw(traceId: string, { spans }: Trace): void {
    const drawn = spans.splice(0);
    if (drawn.length === 0) return;
    try {
      write(drawTrace(traceId, drawn, colour));
    } catch {
      // see above
    }
  }

  function drawAll(): void {
    for (const [traceId, trace] of traces) draw(traceId, trace);
  }

  function traceOf(traceId: string, open: number): Trace {
    const known = traces.get(traceId);
    if (known !== undefined) return known;
    const [oldest] = traces;
    if (traces.size >= MAX_TRACES && oldest !== undefined) {
      draw(...oldest);
      traces.delete(oldest[0]);
    }
    const trace = { open, spans: [] };
    traces.set(traceId, trace);
    return trace;
  }

  const processor: SpanProcessor = {
    onStart(span) {
      traceOf(span.spanContext().traceId, 0).open++;
    },
    onEnd(span) {
      const { traceId, traceFlags } = span.spanContext();
      // A trace that was drawn and forgotten meanwhile has this one open span.
      const trace = traceOf(traceId, 1);
      if ((traceFlags & TraceFlags.SAMPLED) !== 0) trace.spans.push(toDrawn(span));
      trace.open--;
      if (trace.open <= 0 || trace.spans.length >= MAX_SPANS) draw(traceId, trace);
      if (trace.open <= 0) traces.delete(traceId);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
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

function toDrawn(span: ReadableSpan): DrawnSpan {
  const { 'service.name': service } = span.resource.attributes;
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    service: typeof service === 'string' ? service : '',
    kind: span.kind === SpanKind.INTERNAL ? '' : SpanKind[span.kind].toLowerCase(),
    name: span.name,
    attributes: span.attributes,
    startMs: hrTimeToMilliseconds(span.startTime),
    durationMs: hrTimeToMilliseconds(span.duration),
    error: span.status.code === SpanStatusCode.ERROR ? span.status.message || 'error' : undefined,
  };
}
