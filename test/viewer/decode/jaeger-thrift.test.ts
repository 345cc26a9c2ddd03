import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createJaegerAgentEncoder } from '../../../src/wire/jaeger-agent-encoder.ts';
import { DecodeError } from '../../../src/viewer/decode/byte-reader.ts';
import { decodeAgentPacket, decodeJaegerBatch } from '../../../src/viewer/decode/jaeger-thrift.ts';
import type { Span } from '../../../src/viewer/span.ts';
import { decodeJaegerBatch as decodeStrictly } from '../../support/decode-thrift.ts';
import { aSpan as anSdkSpan, someResource } from '../../wire/spans.ts';
import { thriftBatch, type ThriftSpan, type ThriftTags } from '../thrift-batch.ts';

const base: ThriftSpan = {
  traceId: '3ddb641b99358b05d2ecf5615e2620c2',
  spanId: 'b30d1c42880c11f3',
  name: 'find user',
  startUs: 1_795_367_141_837_484,
  durationUs: 2053,
};

function decodeOne(span: Partial<ThriftSpan>, processTags: ThriftTags = []): Span {
  const { spans, rejected } = decodeJaegerBatch(thriftBatch('user-srv', processTags, [{ ...base, ...span }]));
  assert.equal(rejected, 0);
  const [only] = spans;
  assert.ok(only);
  return only;
}

const shown = (tags: Span['tags']): string[] => tags.map(({ key, type, value }) => `${key} ${type} ${value}`);

const byKey = ([a]: readonly unknown[], [b]: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1);

test("the Go original's bytes are read as the tests' own strict decoder reads them", () => {
  for (const name of ['gateway', 'user-srv']) {
    const body = readFileSync(new URL(`../../fixtures/oracle/${name}.thrift.bin`, import.meta.url));
    const strict = decodeStrictly(body);
    const { spans, rejected } = decodeJaegerBatch(body);
    assert.equal(rejected, 0);
    assert.deepEqual(
      spans.map(({ traceId, spanId, parentSpanId, operationName, startUs, durationNs, process, tags }) => ({
        ids: [traceId, spanId, parentSpanId],
        operationName,
        startUs,
        durationUs: durationNs / 1000,
        service: process.serviceName,
        processTags: process.tags.map(({ key, value }) => [key, value]),
        tags: tags
          .filter(({ key }) => !/^(?:span\.kind|error|otel\.status_)/.test(key))
          .map(({ key, value }) => [key, value]),
      })),
      strict.spans.map((span) => ({
        ids: [span.traceId, span.spanId, span.parentSpanId ?? ''],
        operationName: span.operationName,
        startUs: span.startTimeUs,
        durationUs: span.durationUs,
        service: strict.process.serviceName,
        processTags: Object.entries(strict.process.tags)
          .map(([key, { value }]) => [key, value])
          .sort(byKey),
        tags: Object.entries(span.tags)
          .filter(([key]) => !/^(?:span\.kind|error|otel\.status_)/.test(key))
          .map(([key, { value }]) => [key, value])
          .sort(byKey),
      })),
    );
  }
});

test('tags of each type, and the last of those with one key', () => {
  const tags: ThriftTags = [
    ['text', 'ü'],
    ['double', 0.5],
    ['bool', false],
    ['long', -5n],
    ['huge', 2n ** 62n],
    ['bytes', Uint8Array.of(0, 255)],
    ['twice', 'first'],
    ['twice', 2n],
  ];
  assert.deepEqual(shown(decodeOne({ tags }).tags), [
    'bool bool false',
    'bytes binary AP8=',
    'double float64 0.5',
    'huge int64 4611686018427387904',
    'long int64 -5',
    'text string ü',
    'twice int64 2',
  ]);
});

test('a status comes from error, else from otel.status_code, else from an HTTP status', () => {
  const status = (...tags: ThriftTags): string[] =>
    shown(decodeOne({ tags }).tags).filter((tag) => /^(?:error|otel\.status)/.test(tag));
  const isError = ['error bool true', 'otel.status_code string ERROR'];
  assert.deepEqual(status(['error', true]), isError);
  assert.deepEqual(status(['error', true], ['otel.status_code', 'OK'], ['otel.status_description', 'why']), [
    ...isError,
    'otel.status_description string why',
  ]);
  assert.deepEqual(status(['otel.status_code', 'error']), isError);
  assert.deepEqual(status(['otel.status_code', 'OK']), ['otel.status_code string OK']);
  assert.deepEqual(status(['otel.status_code', 'UNSET']), []);
  assert.deepEqual(status(['http.status_code', 500n]), isError);
  assert.deepEqual(status(['http.status_code', '503']), isError);
  assert.deepEqual(status(['http.status_code', 404n], ['span.kind', 'client']), isError);
  assert.deepEqual(status(['http.status_code', 404n], ['span.kind', 'server']), []);
  assert.deepEqual(status(['http.status_code', 200n]), []);
  assert.deepEqual(status(['error', 'true']), ['error string true']);
});

test('a parent is a field, or a reference into the same trace', () => {
  const { traceId } = base;
  const [a, b] = ['000000000000000a', '000000000000000b'];
  assert.equal(decodeOne({ parentId: a }).parentSpanId, a);
  const follows = { type: 'FOLLOWS_FROM', traceId, spanId: a } as const;
  const child = { type: 'CHILD_OF', traceId, spanId: b } as const;
  const elsewhere = { type: 'CHILD_OF', traceId: '1'.repeat(32), spanId: a } as const;
  assert.equal(decodeOne({ references: [follows, child] }).parentSpanId, b);
  assert.equal(decodeOne({ references: [follows] }).parentSpanId, a);
  assert.equal(decodeOne({ references: [elsewhere] }).parentSpanId, '');
});

test("what Jaeger's own clients call otherwise", () => {
  const processTags: ThriftTags = [
    ['hostname', 'box'],
    ['jaeger.version', 'Node-3.19.0'],
  ];
  const span = decodeOne({ tags: [['peer.ipv4', 2_130_706_433n]] }, processTags);
  assert.deepEqual(shown(span.process.tags), [
    'host.name string box',
    'opencensus.exporterversion string Jaeger-Node-3.19.0',
  ]);
  assert.deepEqual(shown(span.tags), ['peer.ipv4 string 127.0.0.1']);
});

test('spans without ids are counted and left out; a process without a name has one', () => {
  const zero = '0'.repeat(16);
  const batch = thriftBatch('', [], [base, { ...base, spanId: zero }, { ...base, traceId: zero }]);
  const { spans, rejected } = decodeJaegerBatch(batch);
  assert.equal(rejected, 2);
  assert.deepEqual(
    spans.map(({ process }) => process.serviceName),
    ['missing-service-name'],
  );
});

test('packets for an agent are read, compact and binary', () => {
  for (const protocol of ['compact', 'binary'] as const) {
    const encoder = createJaegerAgentEncoder({ protocol });
    encoder.append(anSdkSpan({ name: protocol }), 65_000);
    const body = encoder.take()?.body;
    assert.ok(body);
    const [span] = decodeAgentPacket(body).spans;
    assert.equal(span?.operationName, protocol);
    assert.equal(span?.process.serviceName, someResource.attributes['service.name']);
  }
  assert.throws(() => decodeAgentPacket(Uint8Array.of(0x82, 0x81, 0, 1, 0x61)), /message a, not emitBatch/);
});

test('what is no batch is an error: text, nothing, a batch that is cut', () => {
  const whole = thriftBatch('user-srv', [], [base]);
  for (const body of [Buffer.from('GET / HTTP/1.1'), new Uint8Array(), Uint8Array.of(0), whole.subarray(0, 60)]) {
    assert.throws(() => decodeJaegerBatch(body), DecodeError);
  }
});
