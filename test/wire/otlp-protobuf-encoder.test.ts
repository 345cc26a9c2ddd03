import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { decodeOtlp, type OtlpBatch } from '../support/decode-otlp.ts';
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

test('any spans come out as from the official serialiser', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 6 }), (spans) => {
      assert.deepEqual(typedRequest(toBody(spans), contentType), referenceRequest(spans));
    }),
    { numRuns: 300 },
  );
});

test('a trace that comes again after a long link to it has its own id', () => {
  const context = aContext({ traceId: 'b2'.repeat(16), spanId: 'c3'.repeat(8) });
  const links = [1, 2].map((n) => ({ context, attributes: { note: 'x'.repeat(120 + n) } }));
  const spans = [aSpan({ links }), aSpan({ context })];
  assert.deepEqual(typedRequest(toBody(spans), contentType), referenceRequest(spans));
});

test('spans of one scope stand together, in the order of their scopes', () => {
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
