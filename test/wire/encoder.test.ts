import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import type { Encoder } from '../../src/wire/encoder.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { createOtlpJsonEncoder } from '../../src/wire/otlp-json-encoder.ts';
import { createOtlpProtobufEncoder } from '../../src/wire/otlp-protobuf-encoder.ts';
import { decodeOtlpRequest } from '../support/decode-otlp.ts';
import { decodeAgentMessage, decodeJaegerBatch } from '../support/decode-thrift.ts';
import { aContext, anySimilarSpan, anySpan, aSpan } from './spans.ts';

interface Subject {
  readonly createEncoder: () => Encoder;
  /** The spans in the order of their ids, each value with its type. */
  readonly decodeSpans: (body: Uint8Array) => readonly object[];
}

const subjects: Readonly<Record<string, Subject>> = {
  'jaeger http': { createEncoder: createJaegerEncoder, decodeSpans: (body) => decodeJaegerBatch(body).spans },
  'jaeger binary': {
    createEncoder: () => createJaegerAgentEncoder({ protocol: 'binary' }),
    decodeSpans: (body) => decodeAgentMessage(body).spans,
  },
  'jaeger compact': {
    createEncoder: () => createJaegerAgentEncoder({ protocol: 'compact' }),
    decodeSpans: (body) => decodeAgentMessage(body).spans,
  },
  'otlp protobuf': {
    createEncoder: createOtlpProtobufEncoder,
    decodeSpans: (body) => scopedSpans(decodeOtlpRequest(body, 'application/x-protobuf')),
  },
  'otlp json': {
    createEncoder: createOtlpJsonEncoder,
    decodeSpans: (body) => scopedSpans(decodeOtlpRequest(body, 'application/json')),
  },
};

/** In OTLP the spans of a scope stand together. */
function scopedSpans(request: unknown): object[] {
  const { resourceSpans } = request as {
    resourceSpans: { scopeSpans: { scope: object; spans: { spanId: string }[] }[] }[];
  };
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ ...span, scope }))))
    .sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
}

function numberedSpan(span: ReadableSpan, number: number): ReadableSpan {
  const context = aContext({ spanId: number.toString(16).padStart(16, '0') });
  return { ...span, spanContext: () => context };
}

const anySpans = fc.oneof(fc.array(anySpan, { maxLength: 10 }), fc.array(anySimilarSpan, { maxLength: 30 }));

/** `bytes` and `spans` of an encoder are those of the payload it then gives. */
function take(encoder: Encoder): Buffer {
  const { bytes, spans } = encoder;
  const peeked = encoder.peek();
  const payload = encoder.take();
  assert.deepEqual(payload, peeked);
  assert.ok(payload);
  assert.equal(payload.body.length, bytes);
  assert.equal(payload.spans, spans);
  assert.equal(encoder.bytes, 0);
  assert.equal(encoder.spans, 0);
  return Buffer.from(payload.body.buffer, payload.body.byteOffset, payload.body.length);
}

for (const [name, { createEncoder, decodeSpans }] of Object.entries(subjects)) {
  const encode = (...spans: readonly ReadableSpan[]): Buffer => {
    const encoder = createEncoder();
    for (const span of spans) assert.ok(encoder.append(span, Infinity));
    return take(encoder);
  };

  test(`${name}: an empty batch is 0 bytes and no payload`, () => {
    const encoder = createEncoder();
    assert.equal(encoder.bytes, 0);
    assert.equal(encoder.peek(), undefined);
    assert.equal(encoder.take(), undefined);
  });

  test(`${name}: a batch is never over its limit, and a refused span leaves it as it was`, () => {
    fc.assert(
      fc.property(anySpans, fc.integer({ min: 0, max: 20_000 }), (spans, limitBytes) => {
        const encoder = createEncoder();
        const kept: ReadableSpan[] = [];
        for (const span of spans) {
          const before = encoder.bytes;
          if (encoder.append(span, limitBytes)) kept.push(span);
          else assert.equal(encoder.bytes, before);
        }
        if (kept.length === 0) return assert.equal(encoder.take(), undefined);
        const body = take(encoder);
        assert.ok(body.length <= limitBytes);
        assert.ok(body.equals(encode(...kept)));
      }),
      { numRuns: 100 },
    );
  });

  test(`${name}: a span says the same behind any others as alone`, () => {
    fc.assert(
      fc.property(fc.array(fc.array(anySimilarSpan, { maxLength: 12 }), { maxLength: 4 }), (batches) => {
        const encoder = createEncoder();
        for (const spans of batches) {
          const numbered = spans.map((span, i) => numberedSpan(span, i));
          for (const span of numbered) assert.ok(encoder.append(span, Infinity));
          if (spans.length > 0)
            assert.deepEqual(
              decodeSpans(take(encoder)),
              numbered.flatMap((span) => decodeSpans(encode(span))),
            );
        }
      }),
      { numRuns: 200 },
    );
  });

  test(`${name}: an attribute that was changed since the span before has its new value`, () => {
    const list = ['a'];
    const bytes = new Uint8Array([1]);
    const span = aSpan({ attributes: { first: 1, list, bytes } });
    const encoder = createEncoder();
    encoder.append(span, Infinity);
    list.push('b');
    bytes[0] = 2;
    encoder.append(span, Infinity);
    const [before, after] = decodeSpans(take(encoder));
    assert.notDeepEqual(before, after);
    assert.deepEqual([after], decodeSpans(encode(span)));
  });

  test(`${name}: a span that throws while it is read leaves the batch as it was`, () => {
    const encoder = createEncoder();
    const span = aSpan();
    encoder.append(span, Infinity);
    const { bytes } = encoder;
    const events = { get: () => assert.fail('read') };
    assert.throws(() => encoder.append(Object.create(span, { events }) as typeof span, Infinity), /read/);
    assert.deepEqual([encoder.spans, encoder.bytes], [1, bytes]);
    const alone = createEncoder();
    alone.append(span, Infinity);
    assert.deepEqual(encoder.take(), alone.take());
  });

  test(`${name}: a span that fits to the byte is taken, one byte less and it is not`, () => {
    const exact = encode(aSpan()).length;
    const encoder = createEncoder();
    assert.equal(encoder.append(aSpan(), exact - 1), false);
    assert.equal(encoder.bytes, 0);
    assert.ok(encoder.append(aSpan(), exact));
  });

  test(`${name}: a payload keeps its bytes while the next batch is filled`, () => {
    const encoder = createEncoder();
    encoder.append(aSpan({ name: 'first' }), Infinity);
    const first = take(encoder);
    encoder.append(aSpan({ name: 'other' }), Infinity);
    assert.ok(take(encoder).includes('other'));
    assert.ok(first.equals(encode(aSpan({ name: 'first' }))));
  });

  test(`${name}: a span of another resource waits for the next batch`, () => {
    const encoder = createEncoder();
    const other = aSpan({ resource: resourceFromAttributes({ 'service.name': 'other' }) });
    assert.ok(encoder.append(aSpan(), Infinity));
    assert.equal(encoder.append(other, Infinity), false);
    assert.ok(take(encoder).equals(encode(aSpan())));
    assert.ok(encoder.append(other, Infinity));
  });

  test(`${name}: resource attributes that arrive while a batch is filled are in it`, async () => {
    const resource = resourceFromAttributes({ 'service.name': 'late', 'host.id': Promise.resolve('h1'), early: 1 });
    const encoder = createEncoder();
    encoder.append(aSpan({ resource }), Infinity);
    const before = encoder.bytes;
    await resource.waitForAsyncAttributes?.();
    assert.ok(encoder.bytes > before);
    const settled = resourceFromAttributes({ 'service.name': 'late', 'host.id': 'h1', early: 1 });
    assert.equal(take(encoder).length, encode(aSpan({ resource: settled })).length);
  });

  test(`${name}: a span of 64 MB against a limit of 1 MB is refused in little memory`, () => {
    const encoder = createEncoder();
    const value = 'x'.repeat(64 * 1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    assert.equal(encoder.append(aSpan({ attributes: { text: value, list: [value] } }), 1024 * 1024), false);
    assert.ok(process.memoryUsage().arrayBuffers - before < 4 * 1024 * 1024);
    assert.ok(encoder.append(aSpan(), 1024 * 1024));
  });
}
