export { AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
