import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { createOtlpJsonEncoder } from '../../src/wire/otlp-json-encoder.ts';
import { decodeOtlp, type OtlpBatch } from '../support/decode-otlp.ts';
import { referenceRequest, typedRequest } from './otlp-reference.ts';
import { anySpan, aSpan } from './spans.ts';

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

test('any spans come out as from the official serialiser', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 6 }), (spans) => {
      assert.deepEqual(typedRequest(toBody(spans), contentType), referenceRequest(spans));
    }),
    { numRuns: 300 },
  );
});

test('a request is the JSON that the proto prescribes', () => {
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
                  { key: 'none', value: { stringValue: 'NaN' } },
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

test('text that looks like an escape is left alone', () => {
  const [span] = encode(aSpan({ name: String.raw`\ud800 "\" \u0000` })).spans;
  assert.equal(span?.name, String.raw`\ud800 "\" \u0000`);
});
