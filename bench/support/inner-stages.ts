/** The stages that no instrumentation calls by themselves, taken from the source. */
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import type { Encoder } from '../../src/wire/encoder.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { IdGenerator } from '../../src/trace/id-generator.ts';
import { encoding } from '../../src/sdk/exporters.ts';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';
import { toDuration, toHrTime, WallClock } from '../../src/trace/wall-clock.ts';
import { attributes, CALLS, nsOf, SPANS } from '../apps/samples.cjs';

const ids = new IdGenerator();
const clock = new WallClock();

function startAndEnd(): unknown {
  const startMs = clock.startMs();
  const offset = clock.offsetMicros();
  const endMs = clock.nowMs();
  return [toHrTime(offset, startMs), toHrTime(offset, endMs), toDuration(startMs, endMs)];
}

function serverSpans(): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const keep = { onStart: () => {}, onEnd: (span: ReadableSpan) => void spans.push(span) };
  const settle = { forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() };
  const resource = resourceFromAttributes({ 'service.name': 'stages', address: '10.0.0.1:3000' });
  const tracer = new TracerProvider({ resource, spanProcessors: [{ ...keep, ...settle }] }).getTracer('stages');
  for (let i = 0; i < SPANS; i++) {
    tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: attributes() }).end();
  }
  return spans;
}

function encode(encoder: Encoder, spans: readonly ReadableSpan[]): void {
  for (const span of spans) encoder.append(span, Infinity);
  encoder.take();
}

/** @returns stage → nanoseconds a call, for each sample */
export function innerStages(format: 'otlp' | 'jaeger', samples: number, warmUp: number): Record<string, number[]> {
  const encoder = format === 'jaeger' ? createJaegerEncoder(encoding) : createOtlpProtobufEncoder(encoding);
  const repeat = (call: () => unknown): number =>
    nsOf(CALLS, () => {
      for (let i = 0; i < CALLS; i++) call();
    });
  // New spans each time: an encoder knows what it has seen a moment ago.
  const stages: Record<string, () => number> = {
    'ids of a root span': () => repeat(() => ids.generateTraceId() + ids.generateSpanId()),
    'clock: start, end, duration': () => repeat(startAndEnd),
    'encode with 10 attributes': () => {
      const spans = serverSpans();
      return nsOf(SPANS, () => encode(encoder, spans));
    },
  };
  const all: Record<string, number[]> = {};
  for (const [stage, sample] of Object.entries(stages)) {
    all[stage] = Array.from({ length: warmUp + samples }, sample).slice(warmUp);
  }
  return all;
}
