import { distance } from 'fastest-levenshtein';

/**
 * Names near ours that are somebody else's: older names of the specification, other languages' and other exporters'.
 * They mean nothing here, but whoever sets them does not mean one of ours.
 */
const foreign = new Set([
  'OTEL_ENTITIES',
  'OTEL_EXPORTER_JAEGER_HOST',
  'OTEL_EXPORTER_JAEGER_PORT',
  'OTEL_EXPORTER_JAEGER_PROTOCOL',
  'OTEL_EXPORTER_OTLP_METRIC_INSECURE',
  'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  'OTEL_EXPORTER_OTLP_SPAN_INSECURE',
  'OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS',
  'OTEL_METRICS_EXEMPLAR_FILTER',
  'OTEL_TRACES_SAMPLER_CONFIG',
]);

/** `loose` forgives as much as a longer name lets it; otherwise one letter, or two that changed places. */
export type Tolerance = 'loose' | 'tight';

/**
 * The name that was probably meant.
 *
 * @param tolerance `tight` where the other names in the same place may rightly be similar to ours
 */
export function nearest(name: string, known: Iterable<string>, tolerance: Tolerance): string | undefined {
  if (foreign.has(name)) return undefined;
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const apart = plain(candidate) === plain(name) ? 0 : distance(candidate, name);
    if (apart < bestDistance && isNear(name, candidate, apart, tolerance)) {
      best = candidate;
      bestDistance = apart;
    }
  }
  return best;
}

function isNear(name: string, candidate: string, apart: number, tolerance: Tolerance): boolean {
  if (tolerance === 'tight') return apart <= 1 || (apart === 2 && letters(name) === letters(candidate));
  return apart <= (name.length < 20 ? 2 : 3);
}

/** To whoever typed them `tracingUrl` and `tracing-url` are the same name, and the unit is no part of it. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/_(?:ms|millis)$/, '')
    .replaceAll(/[_.-]/g, '');
}

function letters(name: string): string {
  return name.split('').sort().join('');
}
