import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters, type ExporterChoice } from '../../src/config/choose-exporters.ts';
import { load, loadEnv } from './support.ts';

function choose(env: NodeJS.ProcessEnv): readonly ExporterChoice[] {
  return chooseExporters(loadEnv(env).settings);
}

const otlp = {
  kind: 'otlp',
  protocol: 'http/protobuf',
  url: 'http://localhost:4318/v1/traces',
  headers: {},
  timeoutMs: 10_000,
  compression: 'none',
  insecure: true,
  isDefault: true,
} as const;

const jaeger = { kind: 'jaeger-http', url: 'http://localhost:14268/api/traces', timeoutMs: 10_000 } as const;

function urlOf(env: NodeJS.ProcessEnv): string | undefined {
  const [choice] = choose(env);
  return choice !== undefined && 'url' in choice ? choice.url : undefined;
}

test('nothing set is OTLP to port 4318', () => {
  assert.deepEqual(choose({}), [otlp]);
});

test("any of Jaeger's addresses is Jaeger", () => {
  assert.deepEqual(choose({ TRACING_URL: 'http://j:14268/api/traces' }), [
    { ...jaeger, url: 'http://j:14268/api/traces' },
  ]);
  assert.deepEqual(
    choose({ OTEL_EXPORTER_JAEGER_ENDPOINT: 'https://j/api/traces', OTEL_EXPORTER_JAEGER_TIMEOUT: '7' }),
    [{ ...jaeger, url: 'https://j/api/traces', timeoutMs: 7 }],
  );
  assert.deepEqual(choose({ OTEL_EXPORTER_JAEGER_USER: 'u', OTEL_EXPORTER_JAEGER_PASSWORD: 'p' }), [
    { ...jaeger, user: 'u', password: 'p' },
  ]);
  assert.deepEqual(choose({ OTEL_EXPORTER_JAEGER_TIMEOUT: '7' }), [otlp]);
});

test('host or port alone is an agent: 6832 binary, 6831 compact', () => {
  assert.deepEqual(choose({ OTEL_EXPORTER_JAEGER_AGENT_HOST: 'a' }), [
    { kind: 'jaeger-agent', host: 'a', port: 6832, protocol: 'binary' },
  ]);
  assert.deepEqual(choose({ OTEL_EXPORTER_JAEGER_AGENT_PORT: '6831' }), [
    { kind: 'jaeger-agent', host: 'localhost', port: 6831, protocol: 'compact' },
  ]);
  assert.equal(
    choose({ OTEL_EXPORTER_JAEGER_AGENT_HOST: 'a', TRACING_URL: 'http://j/api/traces' })[0]?.kind,
    'jaeger-http',
  );
});

test('exporters that are named count, in their order; none is none', () => {
  const env = { OTEL_TRACES_EXPORTER: 'console,otlp,jaeger' };
  assert.deepEqual(choose(env), [{ kind: 'console' }, otlp, jaeger]);
  assert.deepEqual(choose({ OTEL_TRACES_EXPORTER: 'none', TRACING_URL: 'http://j/api/traces' }), []);
  assert.deepEqual(choose({ OTEL_TRACES_EXPORTER: 'otlp', TRACING_URL: 'http://j/api/traces' }), [otlp]);
});

test("Jaeger's credentials are taken out of the URL, decoded, and give way to those set by themselves", () => {
  const TRACING_URL = 'http://us%40er:p%3Aw@j:14268/api/traces';
  const url = 'http://j:14268/api/traces';
  assert.deepEqual(choose({ TRACING_URL }), [{ ...jaeger, url, user: 'us@er', password: 'p:w' }]);
  assert.deepEqual(choose({ TRACING_URL, OTEL_EXPORTER_JAEGER_PASSWORD: 'x' }), [
    { ...jaeger, url, user: 'us@er', password: 'x' },
  ]);
});

test('of two Jaeger URLs the one from the higher source counts, else TRACING_URL', (t) => {
  const yaml = { 'tracing.yaml': 'tracing_url: http://yaml/api/traces' };
  const lower = load(t, yaml, { OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://env/api/traces' });
  const [chosen] = chooseExporters(lower.settings, lower.sources);
  assert.ok(chosen?.kind === 'jaeger-http' && chosen.url === 'http://env/api/traces');
  assert.equal(
    urlOf({ TRACING_URL: 'http://a/api/traces', OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://b/api/traces' }),
    'http://a/api/traces',
  );
});

test('/v1/traces is appended to the general endpoint, whatever its path; the one for traces is used as it is', () => {
  const general = (OTEL_EXPORTER_OTLP_ENDPOINT: string) => urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT });
  assert.equal(general('http://c:4318'), 'http://c:4318/v1/traces');
  assert.equal(general('http://c:4318/'), 'http://c:4318/v1/traces');
  assert.equal(general('https://c/otlp/?tenant=1'), 'https://c/otlp/v1/traces?tenant=1');
  assert.equal(general('c:4318'), 'http://c:4318/v1/traces');
  const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'http://t:4318/other';
  assert.equal(
    urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT }),
    'http://t:4318/other',
  );
  assert.equal(urlOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t:4318' }), 'http://t:4318');
});

test('gRPC goes to port 4317, without a path, and knows from the scheme whether to use TLS', () => {
  const grpc = (env: NodeJS.ProcessEnv) => {
    const [choice] = choose({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...env });
    return choice?.kind === 'otlp' ? [choice.url, choice.insecure] : undefined;
  };
  assert.deepEqual(grpc({}), ['http://localhost:4317', true]);
  assert.deepEqual(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }), ['http://c:4317', true]);
  assert.deepEqual(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4317', OTEL_EXPORTER_OTLP_INSECURE: 'true' }), [
    'https://c:4317',
    false,
  ]);
  assert.deepEqual(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317' }), ['c:4317', false]);
  assert.deepEqual(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317', OTEL_EXPORTER_OTLP_INSECURE: 'true' }), [
    'c:4317',
    true,
  ]);
});

test('what is set for traces goes before what is set for all, and headers are put together', () => {
  const [choice] = choose({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1,B=2',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=3%20x',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: 'key.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: 'cert.pem',
  });
  assert.deepEqual(choice, {
    kind: 'otlp',
    protocol: 'http/json',
    url: 'https://c/v1/traces',
    headers: { a: '1', b: '3 x' },
    timeoutMs: 2,
    compression: 'gzip',
    certificate: 'ca.pem',
    clientKey: 'key.pem',
    clientCertificate: 'cert.pem',
    insecure: false,
    isDefault: false,
  });
});

test("an OTLP endpoint's credentials become basic authentication, unless a header is set", () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://u:p@c:4318';
  const headersOf = (env: NodeJS.ProcessEnv) => {
    const [choice] = choose({ OTEL_EXPORTER_OTLP_ENDPOINT, ...env });
    return choice?.kind === 'otlp' ? [choice.url, choice.headers['authorization']] : undefined;
  };
  assert.deepEqual(headersOf({}), ['http://c:4318/v1/traces', 'Basic dTpw']);
  assert.deepEqual(headersOf({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20x' }), [
    'http://c:4318/v1/traces',
    'Bearer x',
  ]);
});
