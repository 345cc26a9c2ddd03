'use strict';
// The official register as it is, with exporter-jaeger in the place of OTLP's: it can no longer be chosen by a variable.
const { createRequire } = require('node:module');

const peer = createRequire(`${process.env.PEER_DIR}/`);
const { getNodeAutoInstrumentations, getResourceDetectors } = peer('@opentelemetry/auto-instrumentations-node');
const { NodeSDK } = peer('@opentelemetry/sdk-node');
const { JaegerExporter } = peer('@opentelemetry/exporter-jaeger');

const sdk = new NodeSDK({
  instrumentations: getNodeAutoInstrumentations(),
  resourceDetectors: getResourceDetectors(),
  traceExporter: new JaegerExporter({ endpoint: process.env.JAEGER_ENDPOINT }),
});
sdk.start();
process.on('SIGTERM', () => void sdk.shutdown());
process.once('beforeExit', () => void sdk.shutdown());
