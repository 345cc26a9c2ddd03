import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { load, loadEnv, texts } from './support.ts';

const pem = '-----BEGIN CERTIFICATE-----\n';

test('files that are there and PEM are no problem, by paths from the working directory', (t) => {
  const files = { 'ca.pem': pem, 'tls/key.pem': pem, 'tls/cert.pem': pem };
  const env = {
    TRACING_URL: 'https://j/api/traces',
    OTEL_EXPORTER_JAEGER_CERTIFICATE: 'ca.pem',
    OTEL_EXPORTER_JAEGER_CLIENT_KEY: 'tls/key.pem',
    OTEL_EXPORTER_JAEGER_CLIENT_CERTIFICATE: 'tls/cert.pem',
  };
  assert.deepEqual(texts(load(t, files, env)), []);
});

test('a file that is absent, a directory or no PEM is one line, and none of the exporters that are not chosen', (t) => {
  const env = {
    TRACING_URL: 'https://j/api/traces',
    OTEL_EXPORTER_JAEGER_CERTIFICATE: 'absent.pem',
    OTEL_EXPORTER_OTLP_CERTIFICATE: 'nobody-asks.pem',
  };
  const files = {
    'tracing.yaml': 'exporter:\n  jaeger:\n    client_key: der\n    client_certificate: dir\n',
    der: '\0\0',
    [join('dir', 'file')]: '',
  };
  const loaded = load(t, files, env);
  assert.deepEqual(texts(loaded), [
    'OTEL_EXPORTER_JAEGER_CERTIFICATE must be a PEM file, got "absent.pem", which does not exist; connecting without it',
    'exporter.jaeger.client_key (tracing.yaml:3) must be a PEM file, got "der", which is none; connecting without it',
    'exporter.jaeger.client_certificate (tracing.yaml:4) must be a PEM file, got "dir", which cannot be read: EISDIR: illegal operation on a directory; connecting without it',
  ]);
  assert.ok(loaded.problems.every(({ severity }) => severity === 'error'));
  assert.equal(load(t, files, { ...env, TRACING_STRICT: '1' }).mustStop, true);
});

test('a general file of OTLP is said once, under the name it was set by', () => {
  const { problems } = loadEnv({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' });
  assert.equal(problems.length, 1);
  assert.match(
    problems[0]?.text ?? '',
    /^OTEL_EXPORTER_OTLP_CERTIFICATE must be a PEM file, got "\/nowhere\/ca\.pem",/,
  );
});

test('a key without its certificate has no effect, nor the other way round', (t) => {
  const problemsOf = (env: NodeJS.ProcessEnv) => texts(load(t, { 'a.pem': pem }, env));
  assert.deepEqual(problemsOf({ OTEL_EXPORTER_OTLP_CLIENT_KEY: 'a.pem' }), [
    'OTEL_EXPORTER_OTLP_CLIENT_KEY has no effect without the certificate that belongs to it',
  ]);
  assert.deepEqual(problemsOf({ OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: 'a.pem' }), [
    'OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE has no effect without the key that belongs to it',
  ]);
  // one mistake, one line
  assert.deepEqual(problemsOf({ OTEL_EXPORTER_OTLP_CLIENT_KEY: 'b.pem' }), [
    'OTEL_EXPORTER_OTLP_CLIENT_KEY must be a PEM file, got "b.pem", which does not exist; connecting without it',
  ]);
});
