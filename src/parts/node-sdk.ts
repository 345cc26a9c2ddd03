export { NodeSDK } from '@opentelemetry/sdk-node';
