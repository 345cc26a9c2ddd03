import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otlpOptions } from '../../src/config/otlp-options.ts';

test('9 options for all signals and 9 for each of 3, by the names of the specification', () => {
  const names = [
    'ENDPOINT',
    'PROTOCOL',
    'HEADERS',
    'TIMEOUT',
    'COMPRESSION',
    'CERTIFICATE',
    'CLIENT_KEY',
    'CLIENT_CERTIFICATE',
    'INSECURE',
  ];
  const wanted = ['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((signal) =>
    names.map((name) => `OTEL_EXPORTER_OTLP_${signal}${name}`),
  );
  assert.deepEqual(
    Object.values(otlpOptions).flatMap(({ env }) => env),
    wanted,
  );
});

test('settings and YAML paths are named after the signal', () => {
  assert.equal(otlpOptions.otlpTimeoutMs.yaml, 'exporter.otlp.timeout_ms');
  assert.equal(otlpOptions.otlpTracesClientKey.yaml, 'exporter.otlp.traces.client_key');
  assert.deepEqual(otlpOptions.otlpLogsHeaders.env, ['OTEL_EXPORTER_OTLP_LOGS_HEADERS']);
  assert.equal(otlpOptions.otlpMetricsEndpoint.group, 'metrics');
});
