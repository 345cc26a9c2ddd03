import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters, type Endpoint, type ExporterChoice } from '../../src/config/choose-exporters.ts';
import { load, loadEnv } from './support.ts';

function choose(env: NodeJS.ProcessEnv): readonly ExporterChoice[] {
  return chooseExporters(loadEnv(env).settings);
}

const otlp = {
  kind: 'otlp',
  protocol: 'http/protobuf',
  endpoints: [{ url: 'http://localhost:4318/v1/traces', headers: {} }],
  timeoutMs: 10_000,
  compression: 'none',
  isDefault: true,
} as const;

const jaeger = {
  kind: 'jaeger-http',
  endpoints: [{ url: 'http://localhost:14268/api/traces', headers: {} }],
  timeoutMs: 10_000,
  compression: 'none',
} as const;

const toJaeger = (url: string, headers = {}) => ({ ...jaeger, endpoints: [{ url, headers }] });

function endpointsOf(env: NodeJS.ProcessEnv): readonly Endpoint[] {
  const [choice] = choose(env);
  return choice !== undefined && 'endpoints' in choice ? choice.endpoints : [];
}

function urlOf(env: NodeJS.ProcessEnv): string | undefined {
  return endpointsOf(env)[0]?.url;
}

test('nothing set is OTLP to port 4318', () => {
  assert.deepEqual(choose({}), [otlp]);
});

test("any of Jaeger's addresses is Jaeger", () => {
  assert.deepEqual(choose({ TRACING_URL: 'http://j:14268/api/traces' }), [toJaeger('http://j:14268/api/traces')]);
  assert.deepEqual(
    choose({ OTEL_EXPORTER_JAEGER_ENDPOINT: 'https://j/api/traces', OTEL_EXPORTER_JAEGER_TIMEOUT: '7' }),
    [{ ...toJaeger('https://j/api/traces'), timeoutMs: 7 }],
  );
  assert.deepEqual(choose({ OTEL_EXPORTER_JAEGER_USER: 'u', OTEL_EXPORTER_JAEGER_PASSWORD: 'p' }), [
    toJaeger('http://localhost:14268/api/traces', { authorization: `Basic ${btoa('u:p')}` }),
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
  const as = (credentials: string) => [toJaeger(url, { authorization: `Basic ${btoa(credentials)}` })];
  assert.deepEqual(choose({ TRACING_URL }), as('us@er:p:w'));
  assert.deepEqual(choose({ TRACING_URL, OTEL_EXPORTER_JAEGER_PASSWORD: 'x' }), as('us@er:x'));
  assert.deepEqual(choose({ TRACING_URL, OTEL_EXPORTER_JAEGER_HEADERS: 'Authorization=Bearer%20x,x-team=a' }), [
    toJaeger(url, { authorization: 'Bearer x', 'x-team': 'a' }),
  ]);
});

test('of two Jaeger URLs the one from the higher source counts, else TRACING_URL', (t) => {
  const yaml = { 'tracing.yaml': 'tracing_url: http://yaml/api/traces' };
  const lower = load(t, yaml, { OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://env/api/traces' });
  const [chosen] = chooseExporters(lower.settings, lower.sources);
  assert.deepEqual(chosen, toJaeger('http://env/api/traces'));
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
  const grpc = (env: NodeJS.ProcessEnv) => urlOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...env });
  assert.equal(grpc({}), 'http://localhost:4317');
  assert.equal(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }), 'http://c:4317');
  const insecure = { OTEL_EXPORTER_OTLP_INSECURE: 'true' };
  assert.equal(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4317', ...insecure }), 'https://c:4317');
  assert.equal(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317' }), 'https://c:4317');
  assert.equal(grpc({ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317', ...insecure }), 'http://c:4317');
});

test('each address of a list is an endpoint with credentials of its own, in their order', () => {
  const url = (host: string) => `http://${host}:14268/api/traces`;
  assert.deepEqual(endpointsOf({ TRACING_URL: 'http://u:p@a:14268/api/traces, http://b:14268/api/traces' }), [
    { url: url('a'), headers: { authorization: `Basic ${btoa('u:p')}` } },
    { url: url('b'), headers: {} },
  ]);
  assert.deepEqual(
    endpointsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318,b:4318' }).map(({ url }) => url),
    ['http://a:4318/v1/traces', 'http://b:4318/v1/traces'],
  );
  assert.deepEqual(
    endpointsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/x,http://b/y' }).map(({ url }) => url),
    ['http://a/x', 'http://b/y'],
  );
  assert.deepEqual(
    endpointsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'a:4317,http://b:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).map(
      ({ url }) => url,
    ),
    ['https://a:4317', 'http://b:4317'],
  );
});

test('a unix socket stands in the place of the host, and brings the path of its protocol', () => {
  const socket = (path: string) => ({ url: `http://localhost${path}`, socketPath: '/run/o.sock', headers: {} });
  for (const text of ['unix:/run/o.sock', 'unix:///run/o.sock', 'http+unix://%2Frun%2Fo.sock']) {
    assert.deepEqual(endpointsOf({ TRACING_URL: text }), [socket('/api/traces')]);
    assert.deepEqual(endpointsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: text }), [socket('/v1/traces')]);
    assert.deepEqual(endpointsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text }), [socket('/v1/traces')]);
    const grpc = { OTEL_EXPORTER_OTLP_ENDPOINT: text, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    assert.deepEqual(endpointsOf(grpc), [socket('')]);
  }
  const withPath = 'http+unix://%2Frun%2Fo.sock/other';
  assert.deepEqual(endpointsOf({ TRACING_URL: withPath }), [socket('/other')]);
  assert.deepEqual(endpointsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: withPath }), [socket('/other/v1/traces')]);
  assert.deepEqual(endpointsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: withPath }), [socket('/other')]);
  assert.deepEqual(endpointsOf({ TRACING_URL: 'http+unix://u:p@%2Frun%2Fo.sock/x' }), [
    { ...socket('/x'), headers: { authorization: `Basic ${btoa('u:p')}` } },
  ]);
});

test('a proxy belongs to each endpoint that is reached by it', () => {
  const env = {
    TRACING_URL: 'http://a/api/traces,https://b/api/traces,http://127.0.0.1/api/traces,unix:/run/o.sock,http://in.c/x',
    http_proxy: 'proxy:3128',
    HTTPS_PROXY: 'https://u:p%40w@secure:8443',
    NO_PROXY: '.c',
  };
  assert.deepEqual(
    endpointsOf(env).map(({ proxy }) => proxy),
    [
      { url: 'http://proxy:3128' },
      { url: 'https://secure:8443', authorization: `Basic ${btoa('u:p@w')}` },
      undefined,
      undefined,
      undefined,
    ],
  );
  const grpc = { OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...env, TRACING_URL: '' };
  assert.equal(endpointsOf(grpc)[0]?.proxy?.url, 'https://secure:8443');
});

test("Jaeger's compression and certificates are Jaeger's own", () => {
  const env = {
    TRACING_URL: 'https://j/api/traces',
    OTEL_EXPORTER_JAEGER_COMPRESSION: 'gzip',
    OTEL_EXPORTER_JAEGER_CERTIFICATE: 'ca.pem',
    OTEL_EXPORTER_JAEGER_CLIENT_KEY: 'key.pem',
    OTEL_EXPORTER_JAEGER_CLIENT_CERTIFICATE: 'cert.pem',
    OTEL_EXPORTER_OTLP_CERTIFICATE: 'other.pem',
  };
  assert.deepEqual(choose(env), [
    {
      ...toJaeger('https://j/api/traces'),
      compression: 'gzip',
      certificate: 'ca.pem',
      clientKey: 'key.pem',
      clientCertificate: 'cert.pem',
    },
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
    endpoints: [{ url: 'https://c/v1/traces', headers: { a: '1', b: '3 x' } }],
    timeoutMs: 2,
    compression: 'gzip',
    certificate: 'ca.pem',
    clientKey: 'key.pem',
    clientCertificate: 'cert.pem',
    isDefault: false,
  });
});

test("an OTLP endpoint's credentials become basic authentication, unless a header is set", () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://u:p@c:4318';
  const headersOf = (env: NodeJS.ProcessEnv) => {
    const [endpoint] = endpointsOf({ OTEL_EXPORTER_OTLP_ENDPOINT, ...env });
    return [endpoint?.url, endpoint?.headers['authorization']];
  };
  assert.deepEqual(headersOf({}), ['http://c:4318/v1/traces', 'Basic dTpw']);
  assert.deepEqual(headersOf({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20x' }), [
    'http://c:4318/v1/traces',
    'Bearer x',
  ]);
});

test('OTLP goes to a file that its stream names, or to stdout', () => {
  const choose = (raw: string | undefined) => {
    const { settings } = loadEnv({ OTEL_TRACES_EXPORTER: 'otlp_file' });
    return chooseExporters({ ...settings, ...(raw !== undefined && { otlpFileStream: raw }) });
  };
  assert.deepEqual(choose(undefined), [{ kind: 'otlp-file', path: undefined }]);
  assert.deepEqual(choose('file:///var/log/a%20b.jsonl'), [{ kind: 'otlp-file', path: '/var/log/a b.jsonl' }]);
});
