import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { createOtlpJsonEncoder } from '../../src/wire/otlp-json-encoder.ts';
import { decodeOtlp, type OtlpBatch, type OtlpPlain } from '../support/decode-otlp.ts';
import { referenceRequest, typedRequest } from './otlp-reference.ts';
import { aContext, anySpan, aSpan } from './spans.ts';

const contentType = 'application/json';

function encode(...spans: readonly ReadableSpan[]): OtlpBatch {
  return decodeOtlp(toBody(spans), contentType);
}

function toBody(spans: readonly ReadableSpan[]): Uint8Array {
  const encoder = createOtlpJsonEncoder();
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
      const encoder = createOtlpJsonEncoder();
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
  const encoder = createOtlpJsonEncoder();
  encoder.append(aSpan(), Infinity);
  const exact = encoder.bytes;
  encoder.take();
  assert.equal(encoder.append(aSpan(), exact - 1), false);
  assert.equal(encoder.bytes, 0);
  assert.ok(encoder.append(aSpan(), exact));
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

void test('a request is the JSON that the proto prescribes', () => {
  const span = aSpan({ attributes: { port: 3000, ratio: 0.5, none: Number.NaN }, startTime: [1, 2], endTime: [0, 5] });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(toBody([span]))), {
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'user-srv' } },
            { key: 'namespace', value: { stringValue: 'dev' } },
            { key: 'address', value: { stringValue: '127.0.0.1:50061' } },
            { key: 'process.pid', value: { intValue: '42' } },
          ],
        },
        scopeSpans: [
          {
            scope: { name: '@opentelemetry/instrumentation-http', version: '0.300.0' },
            spans: [
              {
                traceId: '3ddb641b99358b05d2ecf5615e2620c2',
                spanId: 'b30d1c42880c11f3',
                name: 'GET /users/:id',
                kind: 1,
                startTimeUnixNano: '1000000002',
                endTimeUnixNano: '5',
                attributes: [
                  { key: 'port', value: { intValue: '3000' } },
                  { key: 'ratio', value: { doubleValue: 0.5 } },
                  { key: 'none', value: { doubleValue: 'NaN' } },
                ],
                status: { code: 0 },
                flags: 257,
              },
            ],
          },
        ],
      },
    ],
  });
});

void test('text that looks like an escape is left alone', () => {
  const [span] = encode(aSpan({ name: String.raw`\ud800 "\" \u0000` })).spans;
  assert.equal(span?.name, String.raw`\ud800 "\" \u0000`);
});
