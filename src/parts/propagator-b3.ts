export { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
