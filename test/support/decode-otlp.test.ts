import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { aSpan } from '../wire/spans.ts';
import { decodeOtlp, decodeOtlpRequest } from './decode-otlp.ts';

const protobuf = 'application/x-protobuf';

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

test('protobuf written by hand takes its JSON form', () => {
  // a resource with k=-1, a scope without name, a span with one id byte, start 1 and flags 257
  const request = bytes(
    '0a 2a  0a 12 0a 10 0a 01 6b 12 0b 18 ff ff ff ff ff ff ff ff ff 01  12 14 12 12 12 01 ab 39 01 00 00 00 00 00 00 00 85 01 01 01 00 00',
  );
  assert.deepEqual(decodeOtlpRequest(request, protobuf), {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'k', value: { intValue: '-1' } }] },
        scopeSpans: [{ spans: [{ spanId: 'ab', startTimeUnixNano: '1', flags: 257 }] }],
      },
    ],
  });
});

test("both forms of the official serialisers' read the same", () => {
  const spans = [
    aSpan({
      attributes: { text: 'é', int: 2 ** 53, ratio: 0.5, list: [true, 'x'] },
      events: [{ name: 'e', time: [1, 2], attributes: { a: 1 } }],
      startTime: [1, 2],
    }),
  ];
  const json = JsonTraceSerializer.serializeRequest(spans);
  const binary = ProtobufTraceSerializer.serializeRequest(spans);
  assert.ok(json && binary);
  const read = decodeOtlp(binary, protobuf);
  assert.deepEqual(decodeOtlp(json, 'application/json; charset=utf-8'), read);
  assert.deepEqual(read.spans[0]?.attributes, { text: 'é', int: 2n ** 53n, ratio: 0.5, list: [true, 'x'] });
  assert.equal(read.spans[0]?.startTimeNs, 1_000_000_002n);
});

for (const [name, body, complaint] of [
  ['a field that the proto does not know', '12 00', /unknown field 2/],
  ['a field of another wire type', '08 01', /resourceSpans with wire type 0/],
  ['a length beyond the end', '0a 05 00', /5 bytes at 2 are not there/],
  ['a field that comes twice', '0a 04 0a 00 0a 00', /resource comes twice/],
  ['a varint without an end', `0a ${'ff'.repeat(11)}`, /more than ten bytes/],
] as const) {
  test(`${name} is an error`, () => {
    assert.throws(() => decodeOtlpRequest(bytes(body), protobuf), complaint);
  });
}
