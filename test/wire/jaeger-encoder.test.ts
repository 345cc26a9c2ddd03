import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { decodeJaegerBatch, type JaegerBatch, type JaegerSpan } from '../support/decode-thrift.ts';
import { aContext, anySpan, aSpan } from './spans.ts';
import { decodeReference } from './exporter-jaeger.ts';

function encode(...spans: readonly ReadableSpan[]): JaegerBatch {
  const encoder = createJaegerEncoder();
  for (const span of spans) assert.ok(encoder.append(span, Infinity));
  const bytes = encoder.bytes;
  const payload = encoder.take();
  assert.ok(payload);
  assert.equal(payload.body.length, bytes);
  assert.equal(payload.spans, spans.length);
  return decodeJaegerBatch(payload.body);
}

function encodeOne(given: Parameters<typeof aSpan>[0]): JaegerSpan {
  const [span] = encode(aSpan(given)).spans;
  assert.ok(span);
  return span;
}

/** exporter-jaeger has another order of tags. */
function withoutOrder(spans: readonly JaegerSpan[]): object[] {
  return spans.map((span) => ({ ...span, tagKeys: [] }));
}

const oracle = decodeJaegerBatch(readFileSync(new URL('../fixtures/oracle/user-srv.thrift.bin', import.meta.url)));

test('the spans that the Go original recorded come out byte for byte', () => {
  const [getUserInfo, sayHello] = oracle.spans;
  assert.ok(getUserInfo && sayHello);
  const traceId = '3ddb641b99358b05d2ecf5615e2620c2';
  const resource = resourceFromAttributes({
    'service.name': 'user-srv',
    address: '127.0.0.1:50061',
    namespace: 'dev',
  });
  const grpc = 'go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc';
  const encoder = createJaegerEncoder();
  const spans = [
    aSpan({
      resource,
      name: 'GetUserInfo',
      context: aContext({ traceId, spanId: getUserInfo.spanId }),
      parentSpanContext: aContext({ traceId, spanId: sayHello.spanId }),
      startTime: [1795367141, 839248999],
      duration: [0, 4999],
      attributes: { testset: 'value', 'user.id': 7, ratio: 0.5, vip: true, roles: ['a', 'b'] },
      events: [{ name: 'cache miss', time: [1795367141, 839251000], attributes: { attempt: 1 } }],
      instrumentationScope: { name: 'UserSrvServer', version: '' },
    }),
    aSpan({
      resource,
      name: 'helloworld.Greeter/SayHello',
      kind: SpanKind.SERVER,
      context: aContext({ traceId, spanId: sayHello.spanId }),
      parentSpanContext: aContext({ traceId, spanId: 'b30d1c42880c11f3' }),
      startTime: [1795367141, 839169000],
      duration: [0, 146000],
      attributes: {
        'rpc.method': 'helloworld.Greeter/SayHello',
        'rpc.system.name': 'grpc',
        'server.address': '127.0.0.1',
        'server.port': 50061,
        'rpc.response.status_code': 'OK',
      },
      instrumentationScope: { name: grpc, version: '0.72.0' },
    }),
  ];
  for (const span of spans) encoder.append(span, Infinity);

  const body = encoder.take()?.body;

  assert.ok(body);
  assert.deepEqual(decodeJaegerBatch(body), oracle);
  const recorded = readFileSync(new URL('../fixtures/oracle/user-srv.thrift.bin', import.meta.url));
  assert.equal(Buffer.from(body).toString('hex'), recorded.toString('hex'));
});

test('the resource is the process: once, with integers as LONG, without its service name', () => {
  assert.deepEqual(encode(aSpan(), aSpan()).process, {
    serviceName: 'user-srv',
    tags: {
      namespace: { type: 'STRING', value: 'dev' },
      address: { type: 'STRING', value: '127.0.0.1:50061' },
      'process.pid': { type: 'LONG', value: 42 },
    },
  });
});

test('a resource without a service name is unknown_service:node', () => {
  const resource = resourceFromAttributes({});
  assert.deepEqual(encode(aSpan({ resource })).process, { serviceName: 'unknown_service:node', tags: {} });
});

test('an error is error=true, otel.status_code=ERROR and its description', () => {
  const { tags, tagKeys } = encodeOne({ status: { code: SpanStatusCode.ERROR, message: 'no such user' } });
  assert.deepEqual(tags['error'], { type: 'BOOL', value: true });
  assert.deepEqual(tags['otel.status_code'], { type: 'STRING', value: 'ERROR' });
  assert.deepEqual(tags['otel.status_description'], { type: 'STRING', value: 'no such user' });
  // in the order of the Go original
  assert.deepEqual(tagKeys.slice(-3), ['error', 'otel.status_code', 'otel.status_description']);
});

test('OK is otel.status_code=OK alone, and an unset status says nothing', () => {
  const ok = encodeOne({ status: { code: SpanStatusCode.OK } });
  assert.deepEqual(ok.tagKeys, ['otel.library.name', 'otel.library.version', 'otel.status_code']);
  assert.deepEqual(encodeOne({}).tagKeys, ['otel.library.name', 'otel.library.version']);
});

test('links are FOLLOWS_FROM references; the parent is none', () => {
  const { references, parentSpanId } = encodeOne({
    parentSpanContext: aContext({ spanId: '00000000000000ab' }),
    links: [{ context: aContext({ traceId: 'f'.repeat(32), spanId: 'e'.repeat(16) }) }],
  });
  assert.deepEqual(references, [{ type: 'FOLLOWS_FROM', traceId: 'f'.repeat(32), spanId: 'e'.repeat(16) }]);
  assert.equal(parentSpanId, '00000000000000ab');
});

test('dropped counts and the trace state are tags where there are any', () => {
  const traceState = { get: () => '', set: () => traceState, unset: () => traceState, serialize: () => 'a=1' };
  const { tags } = encodeOne({
    context: aContext({ traceState }),
    droppedAttributesCount: 1,
    droppedEventsCount: 2,
    droppedLinksCount: 3,
  });
  assert.deepEqual(tags['otel.dropped_attributes_count'], { type: 'LONG', value: 1 });
  assert.deepEqual(tags['otel.dropped_events_count'], { type: 'LONG', value: 2 });
  assert.deepEqual(tags['otel.dropped_links_count'], { type: 'LONG', value: 3 });
  assert.deepEqual(tags['w3c.tracestate'], { type: 'STRING', value: 'a=1' });
});

test('an event attribute named event takes precedence over the name', () => {
  const { logs } = encodeOne({ events: [{ name: 'n', time: [1, 0], attributes: { event: 'own' } }] });
  assert.deepEqual(logs, [{ timestampUs: 1e6, fields: { event: { type: 'STRING', value: 'own' } } }]);
});

test('any span says what exporter-jaeger says, but for integers, lists and where the resource stands', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 4 }), (spans) => {
      assert.deepEqual(withoutOrder(encode(...spans).spans), withoutOrder(spans.map(decodeReference)));
    }),
    { numRuns: 200 },
  );
});
