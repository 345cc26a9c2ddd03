import { type Counter, type MeterProvider, type SpanContext, TraceFlags, type UpDownCounter } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';

const RESULT = 'otel.span.sampling_result';

const results = {
  [SamplingDecision.NOT_RECORD]: 'DROP',
  [SamplingDecision.RECORD]: 'RECORD_ONLY',
  [SamplingDecision.RECORD_AND_SAMPLED]: 'RECORD_AND_SAMPLE',
} as const;

/**
 * Counts spans where the SDK's own metrics are asked for.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/#span-metrics
 */
export class TracerMetrics {
  readonly #started: Counter;
  readonly #live: UpDownCounter;

  constructor(provider: MeterProvider) {
    const meter = provider.getMeter('@opentelemetry/sdk-trace');
    this.#started = meter.createCounter('otel.sdk.span.started', {
      unit: '{span}',
      description: 'The number of created spans.',
    });
    this.#live = meter.createUpDownCounter('otel.sdk.span.live', {
      unit: '{span}',
      description: 'The number of currently live spans.',
    });
  }

  spanStarted(parent: SpanContext | undefined, decision: SamplingDecision): void {
    const origin = parent === undefined ? 'none' : parent.isRemote ? 'remote' : 'local';
    this.#started.add(1, { 'otel.span.parent.origin': origin, [RESULT]: results[decision] });
    if (decision !== SamplingDecision.NOT_RECORD) this.#live.add(1, { [RESULT]: results[decision] });
  }

  /** Told of those that record only. */
  spanEnded({ traceFlags }: SpanContext): void {
    const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
    this.#live.add(-1, {
      [RESULT]: results[isSampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD],
    });
  }
}
