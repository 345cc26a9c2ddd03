import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters } from '../../../src/config/choose-exporters.ts';
import { checkTracing } from '../../../src/cli/doctor/check-tracing.ts';
import { load, loadEnv } from '../../config/support.ts';

function said(env: Record<string, string>): string[] {
  const loaded = loadEnv(env);
  const findings = checkTracing(loaded, chooseExporters(loaded.settings, loaded.sources));
  return findings.map(({ check, status, reason }) => `${status} ${check}: ${reason}`);
}

test('where spans go, without credentials', () => {
  const whither = (env: Record<string, string>): string | undefined => said(env)[0]?.replace(/^.*spans go to /, '');
  assert.equal(whither({}), 'OTLP http/protobuf, http://localhost:4318/v1/traces, which nobody has set');
  assert.equal(
    whither({ TRACING_URL: 'http://u:secret@j/api/traces,http://k/api/traces' }),
    'Jaeger, http://j/api/traces or http://k/api/traces',
  );
  assert.equal(whither({ OTEL_EXPORTER_JAEGER_AGENT_HOST: 'a' }), 'a Jaeger agent, udp://a:6832');
  assert.equal(
    whither({ TRACING_URL: 'unix:///run/j.sock', OTEL_TRACES_EXPORTER: 'jaeger,console' }),
    'Jaeger, /run/j.sock and the console',
  );
});

test('what records nothing is a failure, what records only what callers sampled a warning', () => {
  assert.deepEqual(said({ OTEL_SDK_DISABLED: 'true' }), [
    'fail tracing.enabled: OTEL_SDK_DISABLED is true: nothing is traced',
  ]);
  assert.deepEqual(said({ OTEL_TRACES_EXPORTER: 'none' }), [
    'fail tracing.enabled: OTEL_TRACES_EXPORTER is none: nothing is traced',
  ]);
  const sampled = (name: string, arg?: string): string | undefined =>
    said({ OTEL_TRACES_SAMPLER: name, ...(arg && { OTEL_TRACES_SAMPLER_ARG: arg }) })[1]?.split(' ')[0];
  assert.deepEqual(
    ['always_on', 'always_off', 'parentbased_always_off'].map((name) => sampled(name)),
    ['ok', 'fail', 'warn'],
  );
  assert.deepEqual(
    ['0', '0.25'].map((arg) => sampled('traceidratio', arg)),
    ['fail', 'ok'],
  );
  assert.match(
    said({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' })[1] ?? '',
    /25 % of the traces/,
  );
});

test('of a declarative file it is told whether it can be used, where it sends, and what decides', (t) => {
  const of = (content: string): string[] => {
    const loaded = load(t, { 'otel.yaml': content }, { OTEL_CONFIG_FILE: 'otel.yaml' });
    return checkTracing(loaded, loaded.choices).map(({ check, status, reason }) => `${status} ${check}: ${reason}`);
  };
  const head = 'file_format: "1.1"\n';
  assert.deepEqual(of('file_format: "2.0"\n'), ['fail tracing.enabled: otel.yaml cannot be used: nothing is traced']);
  assert.deepEqual(of(head), ['fail tracing.enabled: otel.yaml has no exporter of spans: nothing is traced']);
  assert.deepEqual(
    of(`${head}tracer_provider:
  processors: [{batch: {exporter: {otlp_file/development: {output_stream: file:///a.jsonl}}}}, {batch: {exporter: {otlp_file/development: }}}]
  sampler: {probability/development: }
`),
    [
      'ok tracing.enabled: spans go to lines of OTLP, /a.jsonl and lines of OTLP, stdout',
      'ok tracing.sampled: tracer_provider.sampler (otel.yaml:4:3) is made of others, which decide',
    ],
  );
});
