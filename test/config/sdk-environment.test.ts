import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, loadEnv } from './support.ts';

const off = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

test('with nothing set the SDK is told only that metrics and logs are off', () => {
  assert.deepEqual(loadEnv({}).sdkEnvironment, off);
});

test('what stands in the environment as it should is left there', () => {
  assert.deepEqual(
    loadEnv({ OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'console', OTEL_SERVICE_NAME: 'a' }).sdkEnvironment,
    {},
  );
});

test('values from .env and YAML are there for the SDK, a YAML map as the SDK reads it', (t) => {
  const { sdkEnvironment } = load(t, {
    '.env': 'OTEL_LOGS_EXPORTER=otlp\nTRACING_URL=http://h/api/traces\n',
    'tracing.yaml':
      'exporter:\n  metrics: [otlp, prometheus]\n  otlp:\n    headers: { X-Key: "a,b" }\n    timeout_ms: 0\n',
  });
  assert.deepEqual(sdkEnvironment, {
    OTEL_METRICS_EXPORTER: 'otlp,prometheus',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%2Cb',
    OTEL_EXPORTER_OTLP_TIMEOUT: '2147483647',
  });
});

test('a bad value is hidden, and the good part of a list stands for the whole', () => {
  const { sdkEnvironment } = loadEnv({
    OTEL_BLRP_SCHEDULE_DELAY: '1s',
    OTEL_METRICS_EXPORTER: 'otlp,statsd',
    OTEL_LOGS_EXPORTER: 'file',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'GRPC',
  });
  assert.deepEqual(sdkEnvironment, {
    OTEL_BLRP_SCHEDULE_DELAY: undefined,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  });
  assert.ok('OTEL_BLRP_SCHEDULE_DELAY' in sdkEnvironment);
});

test('a bad special value is hidden and not filled with the general one', () => {
  const { sdkEnvironment } = loadEnv({
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'br',
  });
  assert.deepEqual(sdkEnvironment, { ...off, OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: undefined });
});

test('an older name is hidden behind the usual one', () => {
  const { sdkEnvironment } = loadEnv({ OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: '3' });
  assert.deepEqual(sdkEnvironment, {
    ...off,
    OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '3',
    OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: undefined,
  });
});

test('the SDK never sees the log level: it would write to stdout', () => {
  assert.deepEqual(loadEnv({ OTEL_LOG_LEVEL: 'debug' }).sdkEnvironment, { ...off, OTEL_LOG_LEVEL: undefined });
});

test("of a list the SDK's own exporters get the first address that they can reach", () => {
  const seen = (OTEL_EXPORTER_OTLP_ENDPOINT: string) =>
    loadEnv({ OTEL_EXPORTER_OTLP_ENDPOINT }).sdkEnvironment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  assert.equal(seen('http://a:4318,http://b:4318'), 'http://a:4318');
  assert.equal(seen('unix:/run/c.sock,http://b:4318'), 'http://b:4318');
  assert.equal(
    'OTEL_EXPORTER_OTLP_ENDPOINT' in loadEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }).sdkEnvironment,
    false,
  );
  const { sdkEnvironment } = loadEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'unix:/run/c.sock' });
  assert.deepEqual(sdkEnvironment, { ...off, OTEL_EXPORTER_OTLP_ENDPOINT: undefined });
});
