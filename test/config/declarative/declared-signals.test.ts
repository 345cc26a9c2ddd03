import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLoggerProvider, readMeterProvider } from '../../../src/config/declarative/declared-signals.ts';
import { reading, said } from './support.ts';

test('a reader of each kind is an exporter of metrics, with what it says', () => {
  const { result, lines } = reading(
    `readers:
  - periodic:
      interval: 10
      timeout: 5
      exporter: {otlp_http: {temporality_preference: low_memory, default_histogram_aggregation: explicit_bucket_histogram}}
  - pull: {exporter: {prometheus/development: {host: localhost, port: 9000}}}
  - periodic: {exporter: {console: }}
exemplar_filter: trace_based
`,
    readMeterProvider,
  );
  assert.deepEqual(said(result), {
    metricsExporter: [['otlp', 'prometheus', 'console'], 2],
    metricExportIntervalMs: ['10', 3],
    metricExportTimeoutMs: ['5', 4],
    otlpMetricsEndpoint: ['http://localhost:4318/v1/metrics', 5],
    otlpMetricsProtocol: ['http/protobuf', 5],
    otlpMetricsTemporalityPreference: ['lowmemory', 5],
    prometheusHost: ['localhost', 6],
    prometheusPort: ['9000', 6],
  });
  assert.deepEqual(lines, []);
});

test('what has no option is told: views, limits, another aggregation, a second reader of a kind', () => {
  const { result, lines } = reading(
    `readers:
  - periodic: {cardinality_limits: {default: 5}, exporter: {otlp_grpc: {default_histogram_aggregation: base2_exponential_bucket_histogram}}}
  - periodic: {exporter: {otlp_http: }}
views: [{selector: {}}]
exemplar_filter: always_on
`,
    readMeterProvider,
  );
  assert.deepEqual(said(result)['metricsExporter'], [['otlp'], 2]);
  assert.deepEqual(
    lines.map((line) => line.replace(/ \(.*/, '')),
    [
      'readers[0].periodic.cardinality_limits',
      'readers[0].periodic.exporter.otlp_grpc.default_histogram_aggregation',
      'readers[1]',
      'views',
      'exemplar_filter',
    ],
  );
});

test('processors of log records are exporters of logs', () => {
  const { result, lines } = reading(
    'processors:\n  - batch: {schedule_delay: 7, exporter: {otlp_http: }}\n  - simple: {exporter: {console: }}\n',
    readLoggerProvider,
  );
  assert.deepEqual(said(result), {
    logsExporter: [['otlp', 'console'], 2],
    logScheduleDelayMs: ['7', 2],
    otlpLogsEndpoint: ['http://localhost:4318/v1/logs', 2],
    otlpLogsProtocol: ['http/protobuf', 2],
    logMaxExportBatchSize: ['1', 3],
  });
  assert.deepEqual(lines, []);
});

test('without an exporter that is here nothing is sent', () => {
  const { result, lines } = reading(
    'processors: [{batch: {exporter: {otlp_file/development: }}}]\n',
    readLoggerProvider,
  );
  assert.deepEqual([result, lines.length], [[], 1]);
});
