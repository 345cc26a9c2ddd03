import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { DecodeError } from '../../../src/viewer/decode/byte-reader.ts';
import { decodeOtlpProtobuf } from '../../../src/viewer/decode/otlp-protobuf.ts';
import { decodeOtlpJson } from '../../../src/viewer/decode/otlp-spans.ts';
import { aContext, aSpan } from '../../wire/spans.ts';

const spans = [
  aSpan({
    kind: SpanKind.SERVER,
    status: { code: SpanStatusCode.ERROR, message: 'broken' },
    parentSpanContext: aContext({ spanId: '00000000000000aa' }),
    attributes: { text: 'täxt', int: -5, double: 0.5, bool: true, list: ['a', 'b'], none: '' },
    events: [{ name: 'exception', time: [1795367141, 837485000], attributes: { 'exception.type': 'Error' } }],
    links: [{ context: aContext({ traceId: '1'.repeat(32) }), attributes: { k: 'v' } }],
  }),
  aSpan({ context: aContext({ spanId: '00000000000000bb' }), name: 'second' }),
];

function protobuf(): Uint8Array {
  const body = ProtobufTraceSerializer.serializeRequest(spans);
  assert.ok(body);
  return body;
}

test('what the official serialiser writes as protobuf is what it writes as JSON', () => {
  const json = JsonTraceSerializer.serializeRequest(spans);
  assert.ok(json);
  const decoded = decodeOtlpProtobuf(protobuf());
  assert.equal(decoded.spans.length, 2);
  assert.equal(decoded.spans[0]?.tags.find(({ key }) => key === 'int')?.value, -5);
  assert.deepEqual(decoded, decodeOtlpJson(json));
});

test('a field that is not known, or has another wire type, is skipped', () => {
  const body = protobuf();
  // 15: varint, 16: 64 bits, 17: bytes, 18: 32 bits, and field 1 as a varint
  const strange = Buffer.from('7805 8101 0102030405060708 8a0103616263 950101020304 0807'.replaceAll(' ', ''), 'hex');
  assert.deepEqual(decodeOtlpProtobuf(Buffer.concat([strange, body])), decodeOtlpProtobuf(body));
});

test('a body that ends anywhere but between its messages is an error', () => {
  const body = protobuf();
  for (let end = 1; end < body.length; end++) {
    assert.throws(() => decodeOtlpProtobuf(body.subarray(0, end)), DecodeError, `${end} bytes`);
  }
  assert.deepEqual(decodeOtlpProtobuf(new Uint8Array()), { spans: [], rejected: 0 });
});

test('lengths beyond the end, unknown wire types, depth and counts past the limits are errors', () => {
  const decode = (hex: string): unknown =>
    decodeOtlpProtobuf(Buffer.from(hex, 'hex'), { maxElements: 20, maxDepth: 8 });
  assert.throws(() => decode('0affffffffffffffff7f'), DecodeError);
  assert.throws(() => decode('0b'), /no wire type 3/);
  assert.throws(() => decode('0a00'.repeat(21)), /more elements/);
  // attributes of a resource: an array in an array in an array …
  let value = '0a0161';
  for (let depth = 0; depth < 8; depth++) {
    const inner = `0a${lengthOf(value)}${value}`;
    value = `2a${lengthOf(inner)}${inner}`;
  }
  const keyValue = `12${lengthOf(value)}${value}`;
  const resource = `0a${lengthOf(keyValue)}${keyValue}`;
  const resourceSpans = `0a${lengthOf(resource)}${resource}`;
  assert.throws(() => decode(`0a${lengthOf(resourceSpans)}${resourceSpans}`), /nested deeper than 8/);
});

function lengthOf(hex: string): string {
  assert.ok(hex.length / 2 < 128);
  return (hex.length / 2).toString(16).padStart(2, '0');
}
