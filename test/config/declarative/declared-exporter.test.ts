import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExporter } from '../../../src/config/declarative/declared-exporter.ts';
import { reading, said } from './support.ts';

const traces = (content: string) => {
  const { result, lines } = reading(content, (root, report) => readExporter(root, 'Traces', report));
  return { candidates: said(result), lines };
};

test('otlp_http is said for the options of OTLP, and its encoding is the protocol', () => {
  const { candidates, lines } = traces(`otlp_http:
  endpoint: http://c:4318/v1/traces
  encoding: json
  timeout: 5
  compression: gzip
  tls: {ca_file: /ca.pem, key_file: /key.pem, cert_file: /cert.pem}
`);
  assert.deepEqual(candidates, {
    tracesExporter: ['otlp', 1],
    otlpTracesEndpoint: ['http://c:4318/v1/traces', 2],
    otlpTracesProtocol: ['http/json', 3],
    otlpTracesTimeoutMs: ['5', 4],
    otlpTracesCompression: ['gzip', 5],
    otlpTracesCertificate: ['/ca.pem', 6],
    otlpTracesClientKey: ['/key.pem', 6],
    otlpTracesClientCertificate: ['/cert.pem', 6],
  });
  assert.deepEqual(lines, []);
});

test('where no endpoint is named it is the one of the schema', () => {
  for (const [content, url] of [
    ['otlp_http:', 'http://localhost:4318/v1/traces'],
    ['otlp_grpc:', 'http://localhost:4317'],
  ] as const) {
    assert.deepEqual(traces(content).candidates['otlpTracesEndpoint'], [url, 1]);
  }
});

test('otlp_grpc has its own protocol, and insecure', () => {
  const { candidates } = traces('otlp_grpc:\n  endpoint: c:4317\n  tls: {insecure: true}\n');
  assert.deepEqual(
    [candidates['otlpTracesProtocol'], candidates['otlpTracesInsecure']],
    [
      ['grpc', 1],
      ['true', 3],
    ],
  );
});

test('headers go before headers_list, in any case, and one without a value is none', () => {
  const { candidates } = traces(`otlp_http:
  headers_list: "a=1,B=2%2C"
  headers: [{name: b, value: x}, {name: C, value: "3"}, {name: d, value: }]
`);
  assert.deepEqual(candidates['otlpTracesHeaders'], [{ a: '1', b: 'x', c: '3' }, 3]);
  assert.deepEqual(traces('otlp_http: {headers_list: "a=1"}').candidates['otlpTracesHeaders'], ['a=1', 1]);
});

test('what is wrong in a list beside headers is told without its values', () => {
  const { candidates, lines } = traces('otlp_http:\n  headers_list: "SECRET"\n  headers: [{name: b, value: x}]\n');
  assert.deepEqual(candidates['otlpTracesHeaders'], [{ b: 'x' }, 3]);
  assert.match(lines.join(), /^otlp_http\.headers_list \(otel\.yaml:2:3\) must be name=value headers .*got "\*\*\*"/);
});

test('a certificate is named by an absolute path', () => {
  const { candidates, lines } = traces('otlp_http:\n  tls:\n    ca_file: ca.pem\n');
  assert.equal('otlpTracesCertificate' in candidates, false);
  assert.deepEqual(lines, [
    'otlp_http.tls.ca_file (otel.yaml:3:5) must be an absolute path, got "ca.pem"; connecting without it',
  ]);
});

test('a file, the console and a Jaeger of ours', () => {
  assert.deepEqual(traces('otlp_file/development:\n').candidates, { tracesExporter: ['otlp_file', 1] });
  assert.deepEqual(traces('otlp_file/development: {output_stream: file:///a}').candidates['otlpFileStream'], [
    'file:///a',
    1,
  ]);
  assert.deepEqual(traces('console:').candidates, { tracesExporter: ['console', 1] });
  const { candidates, lines } = traces(
    'jaeger:\n  endpoint: http://j:14268/api/traces\n  headers: {k: v}\n  timeout_ms: 7\n  x: 1\n',
  );
  assert.deepEqual(candidates, {
    tracesExporter: ['jaeger', 1],
    jaegerEndpoint: ['http://j:14268/api/traces', 2],
    jaegerHeaders: [{ k: 'v' }, 3],
    jaegerTimeoutMs: ['7', 4],
  });
  assert.deepEqual(lines, ['jaeger.x (otel.yaml:5:3) is valid but not supported here; going on without it']);
});

test('an exporter that is none here is told, with or without settings', () => {
  for (const content of ['mine:', 'mine: {a: 1}']) {
    const { result, lines } = reading(content, (root, report) => readExporter(root, 'Traces', report));
    assert.equal(result, undefined);
    assert.deepEqual(lines, ['mine (otel.yaml:1:1) is valid but not supported here; going on without it']);
  }
});

test('metrics and logs have options of their own, and neither a file nor a Jaeger', () => {
  const { result } = reading('otlp_grpc: {timeout: 3}', (root, report) => readExporter(root, 'Logs', report));
  assert.deepEqual(said(result), {
    logsExporter: ['otlp', 1],
    otlpLogsEndpoint: ['http://localhost:4317', 1],
    otlpLogsProtocol: ['grpc', 1],
    otlpLogsTimeoutMs: ['3', 1],
  });
  for (const content of ['otlp_file/development:', 'jaeger:']) {
    assert.equal(reading(content, (root, report) => readExporter(root, 'Metrics', report)).lines.length, 1);
  }
});
