import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickYamlValues } from '../../src/config/yaml-values.ts';
import { nearest } from '../../src/config/suggest.ts';
import { parseYaml } from '../../src/config/yaml.ts';

function pick(content: string) {
  const result = parseYaml(content);
  assert.ok(result.status === 'parsed');
  const { candidates, problems } = pickYamlValues(result.root, 'tracing.yaml', () => nearest);
  return {
    values: Object.fromEntries(candidates.map(([name, { raw }]) => [name, raw])),
    texts: problems.map(({ text }) => text),
  };
}

test("the Go service's keys and the table's own paths are read, lists and maps too", () => {
  const { values, texts } = pick(`
tracing_url: http://jaeger:14268/api/traces
namespace: dev
register:
  name: user-srv
  grpc_port: 50061
instrumentations: { disabled: [dns, net] }
exporter:
  otlp: { headers: { authorization: Bearer abc }, traces: { timeout_ms: 5 } }
`);
  assert.deepEqual(values, {
    tracingUrl: 'http://jaeger:14268/api/traces',
    namespace: 'dev',
    registerName: 'user-srv',
    grpcPort: '50061',
    disabledInstrumentations: ['dns', 'net'],
    otlpHeaders: { authorization: 'Bearer abc' },
    otlpTracesTimeoutMs: '5',
  });
  assert.deepEqual(texts, []);
});

test('what is empty is as unset', () => {
  assert.deepEqual(
    pick('tracing_url:\nnamespace: ""\nregister:\ninstrumentations: {disabled: []}\nresource: {attributes: {}}').values,
    {},
  );
});

test("the app's own keys are silent, also those that look a little like ours", () => {
  const content = `
name: app
log: { level: info }
logs: [a]
logger: x
services: { user: { url: x } }
registry: { name: docker.io }
namespaces: [a, b]
exporters: { csv: true }
batches: { size: 3 }
resources: { cpu: 1 }
samplers: 3
register: { name: a, names: 3, ttl: 10, etcd_addr: x }
mysql: { dsn: u:p@tcp(h)/db }
`;
  assert.deepEqual(pick(content), { values: { registerName: 'a' }, texts: [] });
});

test('a slip of the hand is told, wherever it is', () => {
  const { texts } = pick(`
tracing_ulr: http://h
tracingUrl: http://h
namspace: dev
smapler: { name: always_on }
register: { grpc_prot: 1 }
exporter:
  otlp: { endpont: http://h }
  oltp: { endpoint: http://h }
batch: { shedule_delay: 3, schedule_delay: 4 }
`);
  assert.deepEqual(texts, [
    'tracing_ulr (tracing.yaml:2) is not an option; did you mean tracing_url?',
    'tracingUrl (tracing.yaml:3) is not an option; did you mean tracing_url?',
    'namspace (tracing.yaml:4) is not an option; did you mean namespace?',
    'smapler (tracing.yaml:5) is not an option; did you mean sampler?',
    'register.grpc_prot (tracing.yaml:6) is not an option; did you mean register.grpc_port?',
    'exporter.otlp.endpont (tracing.yaml:8) is not an option; did you mean exporter.otlp.endpoint?',
    'exporter.oltp (tracing.yaml:9) is not an option; did you mean exporter.otlp?',
    'batch.schedule_delay (tracing.yaml:10) is not an option; did you mean batch.schedule_delay_ms?',
  ]);
});

test('a value where a map must be, and a file that is no map, are told', () => {
  assert.deepEqual(pick('sampler: always_on\nregister: [a]').texts, [
    'sampler (tracing.yaml:1) must be a map with name, arg, got "always_on"; ignored',
    'register (tracing.yaml:2) must be a map with name, grpc_port, got a list; ignored',
  ]);
  assert.deepEqual(pick('- a').texts, [
    'tracing.yaml (tracing.yaml:1) must be a map of options, got a list; going on without it',
  ]);
});

test('what is nested deeper than an option goes is a candidate without a value', () => {
  assert.deepEqual(pick('namespace: { a: { b: c } }\nexporter: { traces: [[jaeger]] }').values, {
    namespace: undefined,
    tracesExporter: undefined,
  });
});
