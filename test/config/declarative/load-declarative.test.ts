import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OtlpChoice } from '../../../src/config/choose-exporters.ts';
import { effectiveValues, furtherValues } from '../../../src/config/effective.ts';
import { load, texts } from '../support.ts';

const OTEL_CONFIG_FILE = 'otel.yaml';

const two = `file_format: "1.1"
tracer_provider:
  processors:
    - batch:
        schedule_delay: 100
        max_queue_size: 10
        max_export_batch_size: 5
        exporter: {otlp_http: {endpoint: "http://a:4318/v1/traces", headers: [{name: K, value: "\${KEY}"}]}}
    - simple: {exporter: {otlp_grpc: {endpoint: "http://b:4317"}}}
`;

test('each processor is an exporter with a way of its own, checked and put together like any other', (t) => {
  const { choices, problems } = load(t, { 'otel.yaml': two }, { OTEL_CONFIG_FILE, KEY: 'secret' });
  const [first, second] = choices as readonly OtlpChoice[];
  assert.deepEqual(problems, []);
  assert.deepEqual(
    [first?.endpoints, first?.protocol, first?.isDefault, first?.batching],
    [
      [{ url: 'http://a:4318/v1/traces', headers: { k: 'secret' } }],
      'http/protobuf',
      false,
      { scheduleDelayMs: 100, exportTimeoutMs: 30_000, maxQueueSize: 10, maxExportBatchSize: 5 },
    ],
  );
  assert.deepEqual(
    [second?.endpoints, second?.protocol, second?.batching],
    [
      [{ url: 'http://b:4317', headers: {} }],
      'grpc',
      { scheduleDelayMs: 5000, exportTimeoutMs: 30_000, maxQueueSize: Infinity, maxExportBatchSize: 1 },
    ],
  );
});

test('what holds for each of them has its value and its line, secrets masked', (t) => {
  const loaded = load(t, { 'otel.yaml': two }, { OTEL_CONFIG_FILE, KEY: 'secret' });
  const shown = [...effectiveValues(loaded), ...furtherValues(loaded)]
    .filter(({ isSet }) => isSet)
    .map(({ name, value, source }) => `${name}=${value} ${source}`);
  assert.deepEqual(shown, [
    'tracesExporter=otlp otel.yaml:8',
    'scheduleDelayMs=100 otel.yaml:5',
    'maxQueueSize=10 otel.yaml:6',
    'maxExportBatchSize=5 otel.yaml:7',
    'declarativeFile=otel.yaml OTEL_CONFIG_FILE',
    'otlpTracesEndpoint=http://a:4318/v1/traces otel.yaml:8',
    'otlpTracesProtocol=http/protobuf otel.yaml:8',
    'otlpTracesHeaders=*** otel.yaml:8',
    'exporter 2: tracesExporter=otlp otel.yaml:9',
    'exporter 2: maxExportBatchSize=1 otel.yaml:9',
    'exporter 2: otlpTracesEndpoint=http://b:4317 otel.yaml:9',
    'exporter 2: otlpTracesProtocol=grpc otel.yaml:9',
  ]);
});

test('the file goes in the place of environment, .env and our own YAML, and 1 line names what is set in vain', (t) => {
  const files = { 'otel.yaml': two, '.env': 'TRACING_NAMESPACE=dev\n', 'tracing.yaml': 'namespace: prod\n' };
  const env = { OTEL_CONFIG_FILE, KEY: 'k', OTEL_SERVICE_NAME: 'a', TRACING_URL: 'http://j/api/traces' };
  const { settings, problems, choices, sdkEnvironment } = load(t, files, env);
  assert.deepEqual([settings.namespace, settings.serviceName, choices.length], [undefined, undefined, 2]);
  assert.deepEqual(texts({ problems }), [
    'OTEL_SERVICE_NAME, TRACING_URL, TRACING_NAMESPACE and 1 more have no effect: OTEL_CONFIG_FILE puts otel.yaml in the place of all else; it may say ${NAME} where it wants a variable',
  ]);
  // what reads the environment by itself does not see it either
  assert.ok('OTEL_SERVICE_NAME' in sdkEnvironment && sdkEnvironment['OTEL_SERVICE_NAME'] === undefined);
});

test('what the file refers to is not set in vain, and may be in .env; the environment goes before it', (t) => {
  const content = `file_format: "1.1"
resource: {attributes: [{name: service.name, value: "\${OTEL_SERVICE_NAME}"}, {name: b, value: "\${B}"}, {name: c, value: "\${C:-c}"}]}
`;
  const files = { 'otel.yaml': content, '.env': 'B="from .env"\nOTEL_SERVICE_NAME=other\n' };
  const { settings, problems } = load(t, files, { OTEL_CONFIG_FILE, OTEL_SERVICE_NAME: 'shop' });
  assert.deepEqual([settings.resourceAttributes, problems], [{ 'service.name': 'shop', b: 'from .env', c: 'c' }, []]);
});

test('the platform’s variables and TRACING_STRICT count beside it', (t) => {
  const env = { OTEL_CONFIG_FILE, KEY: 'k', TRACING_STRICT: '1', POD_IP: '10.0.0.1' };
  const { settings, mustStop } = load(t, { 'otel.yaml': two }, env);
  assert.deepEqual([settings.strict, settings.podIp, mustStop], [true, '10.0.0.1', false]);
  assert.equal(load(t, { 'otel.yaml': `${two}    - mine: \n` }, env).mustStop, true);
});

test('a file that is not there or is wrong leaves the app untraced', (t) => {
  for (const [files, line] of [
    [
      {},
      'OTEL_CONFIG_FILE must be the path of a YAML file, got "otel.yaml", which does not exist; the app runs untraced',
    ],
    [
      { 'otel.yaml': 'file_format: 1\n' },
      'file_format (otel.yaml:1:1) must be "1.0" or "1.1", got "1"; the app runs untraced',
    ],
  ] as const) {
    const { settings, choices, problems, sources } = load(t, files, { OTEL_CONFIG_FILE, OTEL_SERVICE_NAME: 'a' });
    assert.deepEqual([settings.sdkDisabled, choices, texts({ problems })], [true, [], [line]]);
    assert.deepEqual(sources.sdkDisabled, { kind: 'environment', variable: 'OTEL_CONFIG_FILE' });
  }
});

test('the older name of the variable counts, and the usual one before it', (t) => {
  const files = { 'a.yaml': 'file_format: "1.1"\ndisabled: true\n', 'b.yaml': 'file_format: "1.1"\n' };
  assert.equal(load(t, files, { OTEL_EXPERIMENTAL_CONFIG_FILE: 'a.yaml' }).settings.sdkDisabled, true);
  const both = load(t, files, { OTEL_EXPERIMENTAL_CONFIG_FILE: 'a.yaml', OTEL_CONFIG_FILE: 'b.yaml' });
  assert.equal(both.settings.sdkDisabled, false);
  assert.equal(load(t, { ...files, '.env': 'OTEL_CONFIG_FILE=a.yaml\n' }).settings.sdkDisabled, true);
});

test('without a tracer_provider nothing is sent, but where our own section says it is', (t) => {
  const silent = 'file_format: "1.1"\n';
  assert.deepEqual(load(t, { 'otel.yaml': silent }, { OTEL_CONFIG_FILE }).choices, []);
  const own =
    'distribution: {otel-preload: {tracing_url: "http://j:14268/api/traces", batch: {schedule_delay_ms: 7}}}\n';
  const [jaeger] = load(t, { 'otel.yaml': silent + own }, { OTEL_CONFIG_FILE }).choices;
  assert.deepEqual([jaeger?.kind, jaeger?.batching?.scheduleDelayMs], ['jaeger-http', 7]);
});

test('beside processors our own section names one exporter more, and its batches are a default for all', (t) => {
  const own = `distribution:
  otel-preload:
    tracing_url: http://j:14268/api/traces
    batch: {schedule_delay_ms: 7, max_queue_bytes: 2048}
    exporter: {otlp: {timeout_ms: 3}}
`;
  const { choices, settings, problems } = load(t, { 'otel.yaml': two + own }, { OTEL_CONFIG_FILE, KEY: 'k' });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    choices.map(({ kind, batching }) => [kind, batching?.scheduleDelayMs]),
    [
      ['otlp', 100],
      ['otlp', 7],
      ['jaeger-http', 7],
    ],
  );
  assert.equal(settings.maxQueueBytes, 2048);
  assert.equal((choices[0] as OtlpChoice).timeoutMs, 10_000);
});

test('what several exporters share is wrong in 1 line', (t) => {
  const own = 'distribution: {otel-preload: {tracing_flush_timeout_ms: 5s}}\n';
  const { problems, settings } = load(t, { 'otel.yaml': two + own }, { OTEL_CONFIG_FILE, KEY: 'k' });
  assert.deepEqual(texts({ problems }), [
    'distribution.otel-preload.tracing_flush_timeout_ms (otel.yaml:10:31) must be whole milliseconds ≥ 0, got "5s"; using 1000',
  ]);
  assert.equal(settings.flushTimeoutMs, 1000);
});

test('metrics and logs are what the SDK is told by its variables', (t) => {
  const content = `file_format: "1.1"
meter_provider: {readers: [{periodic: {interval: 10, exporter: {otlp_http: }}}]}
logger_provider: {processors: [{batch: {exporter: {console: }}}], limits: {attribute_count_limit: 3}}
`;
  assert.deepEqual(load(t, { 'otel.yaml': content }, { OTEL_CONFIG_FILE }).sdkEnvironment, {
    OTEL_CONFIG_FILE: undefined,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '10',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://localhost:4318/v1/metrics',
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
    OTEL_LOGS_EXPORTER: 'console',
    OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '3',
  });
});

test('a file of ours that has a file_format is told what it is for', (t) => {
  const { problems } = load(t, { 'tracing.yaml': two });
  assert.deepEqual(texts({ problems }), [
    "tracing.yaml has a file_format, as OpenTelemetry's declarative files have; OTEL_CONFIG_FILE=tracing.yaml reads it as one",
  ]);
});

test('a hint about a port names a fix in the words of the file', (t) => {
  const content = `file_format: "1.1"
tracer_provider:
  processors:
    - batch: {exporter: {otlp_grpc: {endpoint: "http://c:4318"}}}
    - batch: {exporter: {otlp_http: {endpoint: "http://c:4317/v1/traces"}}}
    - batch: {exporter: {otlp_http: {endpoint: "http://c:14268/api/traces"}}}
`;
  const { problems } = load(t, { 'otel.yaml': content }, { OTEL_CONFIG_FILE });
  assert.deepEqual(
    texts({ problems }).map((text) => text.replace(/.*; /, '')),
    [
      'use port 4317, or otlp_http in place of otlp_grpc',
      'use port 4318, or otlp_grpc in place of otlp_http',
      'write jaeger: { endpoint: http://c:14268/api/traces } instead',
    ],
  );
});

test('a batch that is larger than its queue is told by the names of the file', (t) => {
  const content = `file_format: "1.1"
tracer_provider: {processors: [{batch: {max_queue_size: 5, max_export_batch_size: 9, exporter: {console: }}}]}
`;
  const { problems, choices } = load(t, { 'otel.yaml': content }, { OTEL_CONFIG_FILE });
  assert.deepEqual(texts({ problems }), [
    'tracer_provider.processors[0].batch.max_export_batch_size (otel.yaml:2:60) must be at most tracer_provider.processors[0].batch.max_queue_size (otel.yaml:2:41), got "9"; using 5',
  ]);
  assert.equal(choices[0]?.batching?.maxExportBatchSize, 5);
});
