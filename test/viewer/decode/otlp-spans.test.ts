import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../../src/viewer/decode/byte-reader.ts';
import { decodeOtlpJson, toSpans } from '../../../src/viewer/decode/otlp-spans.ts';
import type { Span } from '../../../src/viewer/span.ts';

const base = {
  traceId: '3DDB641B99358b05d2ecf5615e2620c2',
  spanId: 'b30d1c42880c11f3',
  name: 'find user',
  startTimeUnixNano: '1795367141837484999',
  endTimeUnixNano: '1795367141839537456',
};

function decodeOne(span: object, resource: object = {}, scope: object = {}): Span {
  const { spans } = toSpans({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [{ ...base, ...span }] }] }] });
  const [only] = spans;
  assert.ok(only);
  return only;
}

const shown = (tags: Span['tags']): string[] => tags.map(({ key, type, value }) => `${key} ${type} ${value}`);

test('times are µs, rounded down; durations keep their nanoseconds', () => {
  const span = decodeOne({});
  assert.equal(span.startUs, 1_795_367_141_837_484);
  assert.equal(span.durationNs, 2_052_457);
  assert.equal(span.traceId, '3ddb641b99358b05d2ecf5615e2620c2');
});

test('attributes of each type; what JSON alone can show is JSON', () => {
  const value = (key: string, any: object): object => ({ key, value: any });
  const nested = {
    arrayValue: { values: [{ intValue: '1' }, {}, { kvlistValue: { values: [value('b', { boolValue: true })] } }] },
  };
  const attributes = [
    value('text', { stringValue: '<b>' }),
    value('bool', { boolValue: false }),
    value('int', { intValue: '-5' }),
    value('huge', { intValue: '4611686018427387904' }),
    value('double', { doubleValue: 0.5 }),
    value('nan', { doubleValue: 'NaN' }),
    value('bytes', { bytesValue: 'AP8=' }),
    value('list', nested),
    value('map', { kvlistValue: { values: [value('z', { stringValue: '1' }), value('__proto__', { intValue: 2 })] } }),
    value('none', {}),
    value('unknown', { newValue: 1 }),
  ];
  assert.deepEqual(shown(decodeOne({ attributes }).tags), [
    'bool bool false',
    'bytes binary AP8=',
    'double float64 0.5',
    'huge int64 4611686018427387904',
    'int int64 -5',
    'list string [1,null,{"b":true}]',
    'map string {"__proto__":2,"z":"1"}',
    'nan float64 NaN',
    'none string ',
    'text string <b>',
    'unknown string ',
  ]);
});

test('scope, kind, status, trace state and events are what Jaeger shows of them', () => {
  const span = decodeOne(
    {
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR', message: 'broken' },
      traceState: 'a=1',
      events: [{ name: 'exception', timeUnixNano: 1_795_367_141_837_485_000, attributes: [] }],
    },
    {},
    { name: 'a scope', version: '1.0' },
  );
  assert.equal(span.kind, 'client');
  assert.deepEqual(shown(span.tags), [
    'error bool true',
    'otel.scope.name string a scope',
    'otel.scope.version string 1.0',
    'otel.status_code string ERROR',
    'otel.status_description string broken',
    'span.kind string client',
    'w3c.tracestate string a=1',
  ]);
  assert.deepEqual(shown(span.logs[0]?.fields ?? []), ['event string exception']);
});

test('a process is named by service.name, or by why it is not', () => {
  const name = (value?: object): string =>
    decodeOne({}, { attributes: value ? [{ key: 'service.name', value }] : [] }).process.serviceName;
  assert.equal(name({ stringValue: 'user-srv' }), 'user-srv');
  assert.equal(name({ stringValue: '' }), 'empty-service-name');
  assert.equal(name({ intValue: 1 }), 'service-name-wrong-type');
  assert.equal(name(), 'missing-service-name');
});

test('links follow, or are children where they say so', () => {
  const traceId = '1'.repeat(32);
  const links = [
    { traceId, spanId: '0000000000000001' },
    { traceId, spanId: '2', attributes: [{ key: 'opentracing.ref_type', value: { stringValue: 'child_of' } }] },
    { traceId: '', spanId: '3' },
  ];
  assert.deepEqual(decodeOne({ links }).references, [
    { refType: 'FOLLOWS_FROM', traceID: traceId, spanID: '0000000000000001' },
    { refType: 'CHILD_OF', traceID: traceId, spanID: '0000000000000002' },
  ]);
});

test('spans without ids are counted; names of the .proto and of before 1.0 are known', () => {
  const spans = [base, { ...base, traceId: 'nonsense' }, { ...base, spanId: '' }, 7];
  const { spans: taken, rejected } = toSpans({
    resource_spans: [{ instrumentation_library_spans: [{ instrumentation_library: { name: 'old' }, spans }] }],
  });
  assert.equal(rejected, 3);
  assert.deepEqual(shown(taken[0]?.tags ?? []), ['otel.scope.name string old']);
});

test('values 10 000 deep are cut, not fatal', () => {
  let value: object = { stringValue: 'deep' };
  for (let depth = 0; depth < 10_000; depth++) value = { arrayValue: { values: [value] } };
  const [tag] = decodeOne({ attributes: [{ key: 'k', value }] }).tags;
  assert.match(String(tag?.value), /^\[{65}null\]{65}$/);
});

test('what is no JSON object is an error; an object of nonsense is empty', () => {
  for (const body of ['', '{', '[]', 'null', '"text"']) assert.throws(() => decodeOtlpJson(body), DecodeError, body);
  for (const body of ['{}', '{"resourceSpans":7}', '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}']) {
    assert.deepEqual(decodeOtlpJson(Buffer.from(body)), { spans: [], rejected: 0 });
  }
});
