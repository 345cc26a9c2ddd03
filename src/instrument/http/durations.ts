import { type Attributes, type Histogram, type MeterProvider, ValueType } from '@opentelemetry/api';

/** Seconds, as the conventions advise them. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * How long requests take, as the metrics of both sides tell it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export class Durations {
  readonly #histogram: Histogram;

  constructor(meters: MeterProvider, scope: string, side: 'server' | 'client') {
    this.#histogram = meters.getMeter(scope).createHistogram(`http.${side}.request.duration`, {
      description: `Duration of HTTP ${side} requests.`,
      unit: 's',
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
  }

  /** @param startMs on the `performance.now()` clock */
  record(startMs: number, attributes: Attributes): void {
    this.#histogram.record((performance.now() - startMs) / 1000, attributes);
  }
}
