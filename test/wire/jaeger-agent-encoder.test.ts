import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import type { Encoder } from '../../src/wire/encoder.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { decodeAgentMessage, decodeJaegerBatch } from '../support/decode-thrift.ts';
import { anySpan, aSpan } from './spans.ts';

function encode(encoder: Encoder, spans: readonly ReadableSpan[]): Uint8Array {
  for (const span of spans) assert.ok(encoder.append(span, Infinity));
  const { bytes } = encoder;
  const body = encoder.take()?.body;
  assert.ok(body);
  assert.equal(body.length, bytes);
  return body;
}

for (const protocol of ['binary', 'compact'] as const) {
  test(`a ${protocol} packet holds the batch that the collector gets over HTTP`, () => {
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: 1, maxLength: 20 }), (spans) => {
        const packet = encode(createJaegerAgentEncoder({ protocol }), spans);
        assert.deepEqual(decodeAgentMessage(packet), decodeJaegerBatch(encode(createJaegerEncoder(), spans)));
      }),
      { numRuns: 100 },
    );
  });

  test(`a ${protocol} packet is never over 65000 bytes`, () => {
    const encoder = createJaegerAgentEncoder({ protocol });
    const span = aSpan({ attributes: { text: 'x'.repeat(1000) } });
    let spans = 0;
    while (encoder.append(span, 65_000)) spans++;
    const { bytes } = encoder;
    const payload = encoder.take();
    assert.ok(payload);
    assert.equal(payload.body.length, bytes);
    assert.ok(bytes <= 65_000 && bytes > 63_000);
    assert.equal(decodeAgentMessage(payload.body).spans.length, spans);
  });
}

for (const count of [14, 15, 16, 127, 128, 300]) {
  test(`a compact list of ${count} spans and ${count} tags is read back whole`, () => {
    const attributes = Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, i]));
    const spans = Array.from({ length: count }, () => aSpan({ attributes, instrumentationScope: { name: '' } }));
    const packet = encode(createJaegerAgentEncoder({ protocol: 'compact' }), spans);
    const decoded = decodeAgentMessage(packet).spans;
    assert.equal(decoded.length, count);
    assert.equal(decoded[count - 1]?.tagKeys.length, count);
  });
}

test('a hello span is a third smaller in the compact protocol', () => {
  const [binary = 0, compact = 0] = (['binary', 'compact'] as const).map(
    (protocol) => encode(createJaegerAgentEncoder({ protocol }), [aSpan({ attributes: { a: 1, b: 'c' } })]).length,
  );
  assert.ok(compact < binary * 0.75);
});

test('the message head is strict, oneway, emitBatch, sequence 0', () => {
  const name = Buffer.from('emitBatch').toString('hex');
  const binary = Buffer.from(encode(createJaegerAgentEncoder({ protocol: 'binary' }), [aSpan()])).toString('hex');
  assert.ok(binary.startsWith(`8001000400000009${name}000000000c0001`));
  const compact = Buffer.from(encode(createJaegerAgentEncoder({ protocol: 'compact' }), [aSpan()])).toString('hex');
  assert.ok(compact.startsWith(`82810009${name}1c`));
});
