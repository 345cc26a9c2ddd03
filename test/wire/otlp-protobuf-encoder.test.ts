import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { decodeOtlp, type OtlpBatch, type OtlpPlain } from '../support/decode-otlp.ts';
import { referenceRequest, typedRequest } from './otlp-reference.ts';
import { aContext, anySpan, aSpan, someScope } from './spans.ts';

const contentType = 'application/x-protobuf';

function encode(...spans: readonly ReadableSpan[]): OtlpBatch {
  return decodeOtlp(toBody(spans), contentType);
}

function toBody(spans: readonly ReadableSpan[]): Uint8Array {
  const encoder = createOtlpProtobufEncoder();
  for (const span of spans) assert.ok(encoder.append(span, Infinity));
  const { bytes } = encoder;
  const payload = encoder.take();
  assert.ok(payload);
  assert.equal(payload.body.length, bytes);
  assert.equal(payload.spans, spans.length);
  assert.equal(payload.contentType, contentType);
  return payload.body;
}

void test('any spans come out as from the official serialiser', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 6 }), (spans) => {
      assert.deepEqual(typedRequest(toBody(spans), contentType), referenceRequest(spans));
    }),
    { numRuns: 300 },
  );
});

void test('a batch is never over its limit, and a refused span leaves it as it was', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 10 }), fc.integer({ min: 0, max: 20_000 }), (spans, limitBytes) => {
      const encoder = createOtlpProtobufEncoder();
      const kept: ReadableSpan[] = [];
      for (const span of spans) {
        const before = encoder.bytes;
        if (encoder.append(span, limitBytes)) kept.push(span);
        else assert.equal(encoder.bytes, before);
      }
      assert.equal(encoder.spans, kept.length);
      const payload = encoder.take();
      if (kept.length === 0) return assert.equal(payload, undefined);
      assert.ok(payload);
      assert.ok(payload.body.length <= limitBytes);
      assert.deepEqual(typedRequest(payload.body, contentType), referenceRequest(kept));
    }),
    { numRuns: 200 },
  );
});

void test('a span that fits to the byte is taken, one byte less and it is not', () => {
  const encoder = createOtlpProtobufEncoder();
  encoder.append(aSpan(), Infinity);
  const exact = encoder.bytes;
  encoder.take();
  assert.equal(encoder.append(aSpan(), exact - 1), false);
  assert.equal(encoder.bytes, 0);
  assert.ok(encoder.append(aSpan(), exact));
});

void test('spans of one scope stand together, in the order of their scopes', () => {
  const own = { name: 'own' };
  const { spans } = encode(
    aSpan({ name: 'a' }),
    aSpan({ name: 'b', instrumentationScope: own }),
    aSpan({ name: 'c', instrumentationScope: someScope }),
  );
  assert.deepEqual(
    spans.map(({ name, scope }) => [name, scope.name, scope.version]),
    [
      ['a', someScope.name, someScope.version],
      ['c', someScope.name, someScope.version],
      ['b', 'own', undefined],
    ],
  );
});

void test('a batch of 1000 spans of 200 scopes, twice, is whole', () => {
  const encoder = createOtlpProtobufEncoder();
  const scopes = Array.from({ length: 200 }, (_, i) => ({ name: `scope-${i}` }));
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 1000; i++) {
      const instrumentationScope = scopes[i % 200] ?? someScope;
      assert.ok(encoder.append(aSpan({ name: `${round}`, instrumentationScope }), Infinity));
    }
    const body = encoder.take()?.body;
    assert.ok(body);
    const { spans } = decodeOtlp(body, contentType);
    assert.equal(spans.length, 1000);
    assert.ok(spans.every(({ name }) => name === `${round}`));
  }
});

void test('resource attributes that arrive while a batch is filled are in it', async () => {
  const resource = resourceFromAttributes({ 'service.name': 'late', 'host.id': Promise.resolve('h1') });
  const encoder = createOtlpProtobufEncoder();
  encoder.append(aSpan({ resource }), Infinity);
  await resource.waitForAsyncAttributes?.();
  const { bytes } = encoder;
  const body = encoder.take()?.body;
  assert.ok(body);
  assert.equal(body.length, bytes);
  assert.deepEqual(decodeOtlp(body, contentType).resource, { 'service.name': 'late', 'host.id': 'h1' });
});

void test('a span of another resource waits for the next batch', () => {
  const encoder = createOtlpProtobufEncoder();
  const other = aSpan({ resource: resourceFromAttributes({ 'service.name': 'other' }) });
  assert.ok(encoder.append(aSpan(), Infinity));
  assert.equal(encoder.append(other, Infinity), false);
  assert.equal(encoder.take()?.spans, 1);
  assert.ok(encoder.append(other, Infinity));
});

void test('times keep every nanosecond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (seconds, nanos) => {
        const [span] = encode(aSpan({ startTime: [seconds, nanos] })).spans;
        assert.equal(span?.startTimeNs, BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
      },
    ),
  );
});

const cycle: Record<string, unknown> = { a: 1 };
cycle['self'] = cycle;
const thrower = {
  first: 1,
  get bad(): never {
    throw new Error('no');
  },
};

const values: readonly (readonly [string, unknown, OtlpPlain])[] = [
  ['the largest int64', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ['the smallest int64', -(2n ** 63n), -(2n ** 63n)],
  ['a bigint beyond int64', 2n ** 63n, '9223372036854775808'],
  ['2^63, a double', 2 ** 63, 2 ** 63],
  ['-2^63, an int64', -(2 ** 63), -(2n ** 63n)],
  ['-1', -1, -1],
  ['NaN', Number.NaN, Number.NaN],
  ['-Infinity', -Infinity, -Infinity],
  ['bytes', new Uint8Array([0, 255]), new Uint8Array([0, 255])],
  ['a buffer that is part of another', Buffer.from('xhix').subarray(1, 3), new Uint8Array([104, 105])],
  ['null', null, undefined],
  ['a list with holes', [1, null, undefined, 'x'], [1, undefined, undefined, 'x']],
  ['a nested object', { a: { b: [{ c: 1n }] } }, { a: { b: [{ c: 1 }] } }],
  ['half a surrogate pair', 'a\udc00', 'a\ufffd'],
  ['a getter that throws', thrower, undefined],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
];

for (const [name, value, expected] of values) {
  void test(`the attribute value ${name} is read back`, () => {
    const [span] = encode(aSpan({ attributes: { value } })).spans;
    assert.deepEqual(span?.attributes, { value: expected });
  });
}

void test('a cycle ends at the sixteenth level', () => {
  const [span] = encode(aSpan({ attributes: { cycle } })).spans;
  let depth = 0;
  for (let at: unknown = span?.attributes['cycle']; at !== undefined; at = (at as { self?: unknown }).self) depth++;
  assert.equal(depth, 16);
});

void test('short and missing ids are filled up with zeros', () => {
  const context = aContext({ traceId: 'abc', spanId: '1' });
  const [span] = encode(aSpan({ context })).spans;
  assert.equal(span?.traceId, 'abc'.padStart(32, '0'));
  assert.equal(span?.spanId, '1'.padStart(16, '0'));
});
