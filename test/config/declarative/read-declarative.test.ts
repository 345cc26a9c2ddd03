import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examples } from './examples.ts';
import { declare, linesOf, said } from './support.ts';

const minimal = 'file_format: "1.1"\n';

test('a file of each version is read, and a newer one with a line', () => {
  for (const version of ['1.0', '1.1', '1.0-rc.2']) {
    const declaration = declare(`file_format: "${version}"\n`);
    assert.deepEqual([declaration.status, linesOf(declaration)], ['read', []], version);
  }
  assert.deepEqual(linesOf(declare('file_format: "1.2"\n')), [
    'file_format (otel.yaml:1:1) is newer than what is known here, 1.1; what is new in it may have no effect',
  ]);
});

test('of another major version nothing is used', () => {
  for (const version of ['0.4', '2.0', 'x']) {
    assert.deepEqual(linesOf(declare(`# old\nfile_format: "${version}"\nnew: 1\n`)), [
      `file_format (otel.yaml:2:1) must be "1.0" or "1.1", got "${version}"; the app runs untraced`,
    ]);
  }
});

test('a file that is no YAML, has a wrong reference or is wrong by its schema fails, each mistake in a line', () => {
  const failures: Readonly<Record<string, readonly string[]>> = {
    'file_format: "1.1"\na: [\n': [/^otel\.yaml:\d:\d is not YAML: .*; the app runs untraced$/].map(String),
    'file_format: "1.1"\nresource:\n  schema_url: ${1}\n': [
      'otel.yaml:3:3 must be ${NAME}, ${NAME:-default} or, for a $ of its own, $$, got "${1}"; the app runs untraced',
    ],
    'disabled: 1\nresource: 2\n': [
      'otel.yaml:1:1 must have file_format, which is not there; the app runs untraced',
      'disabled (otel.yaml:1:1) must be true or false or nothing, got 1; the app runs untraced',
      'resource (otel.yaml:2:1) must be a map, got 2; the app runs untraced',
    ],
    '': ['otel.yaml:1:1 must be a map, got nothing; the app runs untraced'],
  };
  for (const [content, lines] of Object.entries(failures)) {
    const declaration = declare(content);
    assert.equal(declaration.status, 'failed');
    const [pattern] = lines;
    if (pattern?.startsWith('/')) assert.match(linesOf(declaration).join(), new RegExp(pattern.slice(1, -1)));
    else assert.deepEqual(linesOf(declaration), lines);
  }
});

test('what the version 1.0 called otherwise is read by the schema of 1.0', () => {
  const content = (version: string) => `file_format: "${version}"
meter_provider: {readers: [{pull: {exporter: {prometheus/development: {without_scope_info: true}}}}]}
`;
  assert.equal(declare(content('1.0')).status, 'read');
  assert.equal(declare(content('1.1')).status, 'failed');
});

test('each of the specification’s own files is read, and what of it is not supported is told and no more', () => {
  const unsupported = new Map<string, readonly string[]>();
  for (const { name, content } of examples) {
    const declaration = declare(content);
    assert.equal(declaration.status, 'read', `${name}\n${linesOf(declaration).join('\n')}`);
    const lines = linesOf(declaration);
    for (const line of lines) assert.match(line, /^\S+ \(otel\.yaml:\d+:\d+\) is valid but not supported here; /, name);
    if (lines.length > 0)
      unsupported.set(
        name,
        lines.map((line) => line.replace(/ \(.*/, '')),
      );
  }
  const of11 = [...unsupported].filter(([name]) => name.startsWith('1.1'));
  assert.deepEqual(Object.fromEntries(of11.map(([name, lines]) => [name.replace(/.*\/|\.yaml/g, ''), lines])), {
    CardinalityLimits_kitchen_sink: ['meter_provider.readers[0].periodic.cardinality_limits'],
    ConsoleMetricExporter_traces_kitchen_sink: [
      'meter_provider.readers[0].periodic.exporter.console.temporality_preference',
      'meter_provider.readers[0].periodic.exporter.console.default_histogram_aggregation',
    ],
    ExperimentalGeneralInstrumentation_semconv_stability_opt_in: [
      'instrumentation/development.general.http.semconv',
      'instrumentation/development.general.db',
    ],
    ExperimentalInstrumentation_kitchen_sink: [
      'instrumentation/development.general.http.semconv',
      'instrumentation/development.general.db',
      'instrumentation/development.general.rpc',
      'instrumentation/development.general.messaging',
      'instrumentation/development.general.sanitization',
      'instrumentation/development.js.example',
    ],
    ExperimentalLoggerConfigurator_kitchen_sink: ['logger_provider.logger_configurator/development'],
    ExperimentalMeterConfigurator_kitchen_sink: ['meter_provider.meter_configurator/development'],
    ExperimentalOtlpFileExporter_logs_file: ['logger_provider.processors[0].batch.exporter.otlp_file/development'],
    ExperimentalOtlpFileExporter_logs_stdout: ['logger_provider.processors[0].batch.exporter.otlp_file/development'],
    ExperimentalOtlpFileMetricExporter_metrics_file: [
      'meter_provider.readers[0].periodic.exporter.otlp_file/development',
    ],
    ExperimentalOtlpFileMetricExporter_metrics_stdout: [
      'meter_provider.readers[0].periodic.exporter.otlp_file/development',
    ],
    ExperimentalPrometheusMetricExporter_kitchen_sink: [
      'meter_provider.readers[0].pull.exporter.prometheus/development.scope_info_enabled',
      'meter_provider.readers[0].pull.exporter.prometheus/development.target_info_enabled/development',
      'meter_provider.readers[0].pull.exporter.prometheus/development.resource_constant_labels',
      'meter_provider.readers[0].pull.exporter.prometheus/development.translation_strategy',
    ],
    ExperimentalTracerConfigurator_kitchen_sink: ['tracer_provider.tracer_configurator/development'],
    IdGenerator_custom: ['tracer_provider.id_generator.my_custom_id_generator'],
    OtlpHttpMetricExporter_use_base2_exponential_histogram: [
      'meter_provider.readers[0].periodic.exporter.otlp_http.default_histogram_aggregation',
    ],
    View_kitchen_sink: ['meter_provider.views'],
    View_override_default_histogram_buckets: ['meter_provider.views'],
  });
});

test('where the file is silent nothing is found out, and no trace is passed on', () => {
  const silent = declare(minimal);
  assert.deepEqual(silent.status === 'read' && silent.defaults, { propagators: [], resourceDetectors: [] });
  const said = declare(
    `${minimal}propagator: {composite_list: b3}\nresource: {detection/development: {detectors: [{host: }]}}\n`,
  );
  assert.deepEqual(said.status === 'read' && said.defaults, {});
});

test('below distribution.otel-preload are the keys of our own file, and any other there is a mistake', () => {
  const declaration = declare(
    `${minimal}distribution:
  other: {namespace: no}
  otel-preload:
    namespace: \${NS}
    ignore_paths: [/healthz]
    register: {nam: x}
    sppol: {directory: /tmp}
    whatever: 1
`,
    { NS: 'dev' },
  );
  assert.ok(declaration.status === 'read');
  assert.deepEqual(said(declaration.own), { namespace: ['dev', 5], ignorePaths: [['/healthz'], 6] });
  assert.deepEqual(linesOf(declaration), [
    'distribution.otel-preload.register.nam (otel.yaml:7:16) is not an option; did you mean distribution.otel-preload.register.name?',
    'distribution.otel-preload.sppol (otel.yaml:8:5) is not an option; did you mean distribution.otel-preload.spool?',
    'distribution.otel-preload.whatever (otel.yaml:9:5) is not an option; ignored',
  ]);
});

test('variables that the file refers to are known', () => {
  const declaration = declare(`${minimal}resource: {schema_url: "\${A:-x}\${env:B}", attributes_list: "$\${C}"}\n`);
  assert.deepEqual(declaration.status === 'read' && [...declaration.variables], ['A', 'B']);
});
