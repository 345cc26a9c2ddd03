import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters } from '../../../src/config/choose-exporters.ts';
import { checkTracing } from '../../../src/cli/doctor/check-tracing.ts';
import { loadEnv } from '../../config/support.ts';

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
