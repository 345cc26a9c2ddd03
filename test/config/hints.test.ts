import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, loadEnv, texts } from './support.ts';

function hintsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const { problems } = loadEnv(env);
  assert.ok(problems.every(({ severity }) => severity === 'hint'));
  return problems.map(({ text }) => text);
}

test('addresses that are as they should be get no hint', () => {
  const right: readonly NodeJS.ProcessEnv[] = [
    {},
    { TRACING_URL: 'http://j:14268/api/traces' },
    { TRACING_URL: 'https://proxy/jaeger/api/traces?format=jaeger.thrift' },
    { OTEL_EXPORTER_JAEGER_AGENT_HOST: 'a' },
    { OTEL_EXPORTER_JAEGER_AGENT_PORT: '6831' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    { TRACING_URL: 'http://j', OTEL_TRACES_EXPORTER: 'otlp' },
    { TRACING_URL: 'http://j:14268/api/traces,unix:/run/j.sock,http+unix://%2Frun%2Fj.sock' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'unix:///run/c.sock' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'unix:/run/c.sock,c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { TRACING_URL: 'http://localhost:14268/api/traces', HTTP_PROXY: 'socks5://proxy' },
    { TRACING_URL: 'http://j:14268/api/traces', HTTP_PROXY: 'http://u:p@proxy:3128', HTTPS_PROXY: 'socks5://proxy' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_TRACES_EXPORTER: 'none' },
  ];
  for (const env of right) assert.deepEqual(hintsOf(env), [], JSON.stringify(env));
});

const jaeger: Readonly<Record<string, string>> = {
  'http://j:14268': 'without /api/traces; did you mean http://j:14268/api/traces?',
  'http://j:14268/': 'without /api/traces; did you mean http://j:14268/api/traces?',
  'http://j:14268/api/traces/': 'without /api/traces; did you mean http://j:14268/api/traces?',
  'http://j:14268/api': 'without /api/traces; did you mean http://j:14268/api/traces?',
  'https://j/jaeger/': 'without /api/traces; did you mean https://j/jaeger/api/traces?',
  'http://u:p@j:14268': 'without /api/traces; did you mean http://***@j:14268/api/traces?',
  'http://j:16686/search': "Jaeger's web page; Jaeger takes spans at http://j:14268/api/traces",
  'http://j:14250': "Jaeger's port for agents, by gRPC; Jaeger takes spans at http://j:14268/api/traces",
  'http://j:6831':
    "an agent's UDP port; set OTEL_EXPORTER_JAEGER_AGENT_HOST=j and OTEL_EXPORTER_JAEGER_AGENT_PORT=6831 instead",
  'http://j:4318/v1/traces':
    "the port of OTLP by HTTP; set OTEL_TRACES_EXPORTER=otlp and OTEL_EXPORTER_OTLP_ENDPOINT=http://j:4318, or use Jaeger's http://j:14268/api/traces",
  'http://j:4317':
    "the port of OTLP by gRPC; set OTEL_TRACES_EXPORTER=otlp and OTEL_EXPORTER_OTLP_ENDPOINT=http://j:4318, or use Jaeger's http://j:14268/api/traces",
};

for (const [url, fix] of Object.entries(jaeger)) {
  test(`a Jaeger URL ${url} gets one hint that names the fix`, () => {
    assert.deepEqual(hintsOf({ TRACING_URL: url }), [`TRACING_URL is ${url.replace('u:p', '***')}, ${fix}`]);
  });
}

test('a hint says where the address stands', (t) => {
  assert.deepEqual(texts(load(t, { 'tracing.yaml': 'namespace: a\ntracing_url: http://j:14268\n' })), [
    'tracing_url (tracing.yaml:2) is http://j:14268, without /api/traces; did you mean http://j:14268/api/traces?',
  ]);
});

test('each address of a list gets its own hint', () => {
  assert.deepEqual(hintsOf({ TRACING_URL: 'http://u:p@a:14268,http://b:14268/api/traces,http://c:16686' }), [
    'TRACING_URL has http://***@a:14268, without /api/traces; did you mean http://***@a:14268/api/traces?',
    "TRACING_URL has http://c:16686, Jaeger's web page; Jaeger takes spans at http://c:14268/api/traces",
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4317,http://b:4318,c:4318' }), [
    'OTEL_EXPORTER_OTLP_ENDPOINT has http://a:4317, the port of OTLP by gRPC, but the protocol is http/protobuf; use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
    'OTEL_EXPORTER_OTLP_ENDPOINT has c:4318, without a scheme; taken as http://c:4318/v1/traces',
  ]);
  assert.deepEqual(hintsOf({ TRACING_URL: 'http+unix://%2Frun%2Fj.sock/x' }), [
    'TRACING_URL is http+unix://%2Frun%2Fj.sock/x, without /api/traces; did you mean http+unix://%2Frun%2Fj.sock/x/api/traces?',
  ]);
});

test('a proxy that we cannot speak to is said where it would be used, once, without its password', () => {
  const env = { HTTP_PROXY: 'socks5://u:S3cret@proxy:1080' };
  assert.deepEqual(hintsOf({ ...env, TRACING_URL: 'http://a/api/traces,http://b/api/traces' }), [
    'HTTP_PROXY is socks5://***@proxy:1080, no proxy with http:// or https://; connecting without it',
  ]);
  assert.match(hintsOf({ http_proxy: 'proxy:99999', TRACING_URL: 'http://a/api/traces' })[0] ?? '', /^http_proxy is /);
});

test('an agent does not listen on port 14268 or 4317', () => {
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_JAEGER_AGENT_HOST: 'a', OTEL_EXPORTER_JAEGER_AGENT_PORT: '14268' }), [
    "OTEL_EXPORTER_JAEGER_AGENT_PORT is 14268, Jaeger's port for Thrift; set OTEL_EXPORTER_JAEGER_ENDPOINT=http://a:14268/api/traces, or use port 6832 of an agent",
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_JAEGER_AGENT_PORT: '4317' }), [
    'OTEL_EXPORTER_JAEGER_AGENT_PORT is 4317, the port of OTLP by gRPC; set OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 and OTEL_TRACES_EXPORTER=otlp instead',
  ]);
});

test("OTLP's two ports are not mixed up", () => {
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }), [
    'OTEL_EXPORTER_OTLP_ENDPOINT is http://c:4317, the port of OTLP by gRPC, but the protocol is http/protobuf; use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'c:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), [
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is c:4318, the port of OTLP by HTTP, but the protocol is grpc; use port 4317, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  ]);
});

test('an OTLP endpoint at a port of Jaeger, with a path too many, too few or without a scheme', () => {
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:14268' }), [
    "OTEL_EXPORTER_OTLP_ENDPOINT is http://c:14268, Jaeger's port for Thrift; set TRACING_URL=http://c:14268/api/traces instead",
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:16686' }), [
    "OTEL_EXPORTER_OTLP_ENDPOINT is http://c:16686, Jaeger's web page; it takes OTLP at http://c:4318",
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/v1/traces' }), [
    'OTEL_EXPORTER_OTLP_ENDPOINT is http://c:4318/v1/traces, and /v1/traces is appended to it; leave it out, or set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT instead',
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318' }), [
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is http://c:4318, without a path and used as it is; did you mean http://c:4318/v1/traces?',
  ]);
  assert.deepEqual(hintsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4318' }), [
    'OTEL_EXPORTER_OTLP_ENDPOINT is c:4318, without a scheme; taken as http://c:4318/v1/traces',
  ]);
});

test('a ratio without a sampler that takes one has no effect', () => {
  assert.deepEqual(hintsOf({ OTEL_TRACES_SAMPLER_ARG: '0.1' }), [
    'OTEL_TRACES_SAMPLER_ARG has no effect on parentbased_always_on; set OTEL_TRACES_SAMPLER=parentbased_traceidratio',
  ]);
});
