/**
 * Whether a real Jaeger has every span of an HTTP server at full load.
 *
 *   node bench/jaeger-load.ts [--seconds 60] [--otlp | --grpc]
 *
 * Holds the requests that were served against the preload's ledger, the line at its end, and Jaeger's own metrics.
 */
import { parseArgs } from 'node:util';
import { startJaeger } from '../test/support/jaeger/start-jaeger.ts';
import { fullLoad } from './support/full-load.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    otlp: { type: 'boolean', default: false },
    grpc: { type: 'boolean', default: false },
  },
});

const jaeger = await startJaeger();
try {
  const otlp = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.otlpUrl };
  const grpc = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.otlpGrpcUrl, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  const env = values.grpc ? grpc : values.otlp ? otlp : { TRACING_URL: jaeger.thriftUrl };
  const load = await fullLoad({ env: { ...env, TRACING_FLUSH_TIMEOUT: '20000' }, seconds: Number(values.seconds) });
  const { accepted, stored, failed } = await jaeger.counts();
  console.log(`${load.served} requests served, ${load.requestsPerSecond} a second`);
  console.log(load.reading);
  console.log(`Jaeger: ${accepted} spans accepted, ${stored} to its storage, ${failed} failed`);
  const isRight = accepted === load.delivered && load.ended === load.served && accepted + load.lost === load.served;
  if (load.lost > 0) console.log(load.said);
  console.log(isRight ? 'Each request has one span, in the ledger and in Jaeger.' : 'The numbers do not agree.');
  process.exitCode = isRight ? 0 : 1;
} finally {
  await jaeger.close();
}
