import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
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

/**
 * Draws each trace as a tree once its last local span has ended.
 *
 * Traces that never come to rest are drawn when the process ends, or when a thousand others are waiting.
 */
export function createConsoleTree({ write, colour }: ConsoleTreeOptions): Exporter {
  const traces = new Map<string, Trace>();

  function draw(traceId: string): void {
    const trace = traces.get(traceId);
    traces.delete(traceId);
    if (trace !== undefined && trace.spans.length > 0) write(drawTrace(traceId, trace.spans, colour));
  }

  function drawAll(): void {
    for (const traceId of traces.keys()) draw(traceId);
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
      trace.spans.push(toDrawn(span));
      if (--trace.open <= 0) draw(traceId);
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
      return traces.size === 0;
    },
    takeUnsent() {
      drawAll();
      return undefined;
    },
    stats: () => undefined,
  };
}

function toDrawn(span: ReadableSpan): DrawnSpan {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    service: String(span.resource.attributes['service.name'] ?? ''),
    kind: span.kind === SpanKind.INTERNAL ? '' : SpanKind[span.kind].toLowerCase(),
    name: span.name,
    attributes: span.attributes,
    startMs: hrTimeToMilliseconds(span.startTime),
    durationMs: hrTimeToMilliseconds(span.duration),
    error: span.status.code === SpanStatusCode.ERROR ? (span.status.message ?? 'error') : undefined,
  };
}
