import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';

export type PropagatorName = 'tracecontext' | 'baggage' | 'b3' | 'b3multi' | 'jaeger' | 'xray' | 'none';

type LoadPart = (part: string) => unknown;
type PropagatorClass = new (options?: object) => TextMapPropagator;

/** Those beyond W3C's are parts of their own, loaded only when they are named. */
const create: Readonly<Record<Exclude<PropagatorName, 'none'>, (load: LoadPart) => TextMapPropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: (load) => createB3(load, 'SINGLE_HEADER'),
  b3multi: (load) => createB3(load, 'MULTI_HEADER'),
  jaeger: (load) => new (load('propagator-jaeger') as { JaegerPropagator: PropagatorClass }).JaegerPropagator(),
  xray: (load) => new (load('propagator-xray') as { AWSXRayPropagator: PropagatorClass }).AWSXRayPropagator(),
};

function createB3(load: LoadPart, encoding: 'SINGLE_HEADER' | 'MULTI_HEADER'): TextMapPropagator {
  const { B3Propagator, B3InjectEncoding } = load('propagator-b3') as {
    B3Propagator: PropagatorClass;
    B3InjectEncoding: Readonly<Record<string, unknown>>;
  };
  return new B3Propagator({ injectEncoding: B3InjectEncoding[encoding] });
}

/**
 * Makes the propagator that `OTEL_PROPAGATORS` lists.
 *
 * @returns null, which NodeSDK takes as "none", where the list says `none`
 */
export function createPropagator(names: readonly PropagatorName[], load: LoadPart): TextMapPropagator | null {
  const chosen = [...new Set(names)].filter((name) => name !== 'none');
  if (names.includes('none') || chosen.length === 0) return null;
  return new CompositePropagator({ propagators: chosen.map((name) => create[name](load)) });
}
