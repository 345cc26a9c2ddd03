import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { TracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { countSpans } from '../../../bench/support/count-spans.ts';
import { decodeJaegerBatch } from '../../support/decode-thrift.ts';

function someSpans(): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  for (const scope of ['a', 'b']) {
    for (let i = 0; i < 300; i++) {
      const span = provider
        .getTracer(scope)
        .startSpan(`span ${i}`, { attributes: { text: 'x'.repeat(i), list: [i, 2] } });
      span.addEvent('event', { span_id: '1' }).end();
    }
  }
  return exporter.getFinishedSpans();
}

test('600 spans of two scopes are counted in OTLP, protobuf and JSON', () => {
  const spans = someSpans();
  const protobuf = ProtobufTraceSerializer.serializeRequest(spans);
  const json = JsonTraceSerializer.serializeRequest(spans);
  assert.ok(protobuf && json);
  assert.equal(countSpans('/v1/traces', 'application/x-protobuf', protobuf), 600);
  assert.equal(countSpans('/v1/traces', 'application/json', json), 600);
});

test('a cut OTLP body is no count', () => {
  const protobuf = ProtobufTraceSerializer.serializeRequest(someSpans());
  assert.ok(protobuf);
  assert.throws(() => countSpans('/v1/traces', 'application/x-protobuf', protobuf.subarray(0, -1)));
});

test('the spans of a Jaeger batch are counted as its decoder sees them', () => {
  for (const name of ['gateway', 'user-srv']) {
    const body = readFileSync(new URL(`../../fixtures/oracle/${name}.thrift.bin`, import.meta.url));
    assert.equal(countSpans('/api/traces', 'application/x-thrift', body), decodeJaegerBatch(body).spans.length);
  }
});

test("Datadog's spans are counted by their one key", () => {
  // [[{ "span_id": 1 }, { "span_id": 2 }]]
  const span = [0x81, 0xa7, ...Buffer.from('span_id')];
  const body = Buffer.from([0x91, 0x92, ...span, 1, ...span, 2]);
  assert.equal(countSpans('/v0.4/traces', 'application/msgpack', body), 2);
});

test('other requests have no spans', () => {
  assert.equal(countSpans('/v1/metrics', 'application/x-protobuf', Buffer.from([1])), 0);
});
