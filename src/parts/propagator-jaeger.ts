export { JaegerPropagator } from '@opentelemetry/propagator-jaeger';
