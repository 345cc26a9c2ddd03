import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { JaegerExporter } from '@opentelemetry/exporter-jaeger';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { startCollector } from './collector.ts';
import type { ReceivedSpan } from './received-span.ts';

/** A server span with a failed client span in it, by the stock SDK. */
function twoSpans(): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'gateway', address: '10.0.0.7:50062' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('shop', '1.2.3');
  const server = tracer.startSpan('GET /', { kind: SpanKind.SERVER, attributes: { 'user.id': 7 } });
  const client = tracer.startSpan('lookup', { kind: SpanKind.CLIENT }, trace.setSpan(ROOT_CONTEXT, server));
  client.setStatus({ code: SpanStatusCode.ERROR, message: 'gone' });
  client.addEvent('cache miss', { attempt: 1 });
  client.end();
  server.end();
  return exporter.getFinishedSpans();
}

/** What is the same whichever protocol brought it; the stock Jaeger exporter repeats the resource on every span. */
function essence(spans: readonly ReceivedSpan[]): unknown {
  return spans.map((span) => [
    span.service,
    span.kind,
    span.name,
    Object.fromEntries(Object.entries(span.attributes).filter(([key]) => !/^(service\.name|address)$/.test(key))),
    span.events.map(({ name, attributes }) => [name, attributes]),
    span.status,
    span.error,
    span.scope,
    span.parentSpanId === spans.find((other) => other.name === 'GET /')?.spanId,
  ]);
}

const scope = { name: 'shop', version: '1.2.3' };
const expected = [
  [
    'gateway',
    'client',
    'lookup',
    {},
    [['cache miss', { attempt: 1 }]],
    { code: 'ERROR', message: 'gone' },
    true,
    scope,
    true,
  ],
  ['gateway', 'server', 'GET /', { 'user.id': 7 }, [], { code: 'UNSET', message: '' }, false, scope, false],
];

function post(url: string, contentType: string, body: Uint8Array, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': contentType, ...headers },
  });
}

function protobuf(spans = twoSpans()): Uint8Array {
  return ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
}

async function exportJaeger(options: ConstructorParameters<typeof JaegerExporter>[0]): Promise<void> {
  const exporter = new JaegerExporter(options);
  // The exporter ended with SDK 2.x, which knew the same spans under older types.
  const spans = twoSpans() as unknown as Parameters<JaegerExporter['export']>[0];
  await new Promise((resolve) => exporter.export(spans, resolve));
  await exporter.shutdown();
}

test('Thrift over HTTP and OTLP as protobuf, JSON and gzip give the same spans', async (t) => {
  const collector = await startCollector(t);
  const json = JsonTraceSerializer.serializeRequest(twoSpans()) ?? new Uint8Array();
  const gzip = { 'content-encoding': 'gzip' };

  await exportJaeger({ endpoint: collector.jaegerUrl });
  assert.equal((await post(collector.otlpUrl, 'application/x-protobuf', protobuf())).status, 200);
  assert.equal((await post(collector.otlpUrl, 'application/json', json)).status, 200);
  assert.equal((await post(collector.otlpUrl, 'application/x-protobuf', gzipSync(protobuf()), gzip)).status, 200);

  const spans = await collector.waitForSpans(8);
  for (let i = 0; i < 8; i += 2) assert.deepEqual(essence(spans.slice(i, i + 2)), expected);
  assert.deepEqual(
    spans.map((span) => span.protocol),
    ['jaeger-http', 'otlp-http-protobuf', 'otlp-http-json', 'otlp-http-protobuf'].flatMap((name) => [name, name]),
  );
  assert.deepEqual(spans.at(-1)?.resource, { address: '10.0.0.7:50062' });
  assert.deepEqual(
    collector.requests.map(({ path, status }) => [path, status]),
    [['/api/traces', 202], ...Array.from({ length: 3 }, () => ['/v1/traces', 200])],
  );
});

test("the Go original's recorded bytes are taken", async (t) => {
  const collector = await startCollector(t);
  const bytes = readFileSync(new URL('../fixtures/oracle/gateway.thrift.bin', import.meta.url));
  assert.equal((await post(collector.jaegerUrl, 'application/x-thrift', bytes)).status, 202);
  const own = collector.spans.find((span) => span.name === 'GetUserInfo');
  assert.deepEqual(Object.keys(own?.resource ?? {}).sort(), ['address', 'namespace']);
  assert.deepEqual(own?.attributes, { roles: '["a","b"]', ratio: 0.5, testset: 'value', 'user.id': 7, vip: true });
});

test('UDP packets to an agent are taken on the port of their protocol only', async (t) => {
  const collector = await startCollector(t, { agent: true, allowUndecodable: true });
  await exportJaeger({ host: '127.0.0.1', port: collector.agentBinaryPort });
  assert.deepEqual(essence(await collector.waitForSpans(2)), expected);
  assert.equal(collector.spans[0]?.protocol, 'jaeger-udp-binary');
  await exportJaeger({ host: '127.0.0.1', port: collector.agentCompactPort });
  await assert.rejects(collector.waitForSpans(3, 200));
  assert.match(collector.undecodable[0] ?? '', /jaeger-udp-compact: Error: sent to the port of the other protocol/);
});

test('OTLP over gRPC is taken and answered', async (t) => {
  const collector = await startCollector(t, { grpc: true });
  assert.equal(await grpcExport(t, collector.grpcUrl), '0');
  assert.deepEqual(essence(collector.spans), expected);
  collector.mode = 'status';
  assert.equal(await grpcExport(t, collector.grpcUrl), '14');
  assert.equal(collector.spans.length, 2);
});

function grpcExport(t: TestContext, url: string): Promise<string> {
  const session = connect(url);
  t.after(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const message = protobuf();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  stream.resume().end(Buffer.concat([head, message]));
  return new Promise((resolve, reject) => {
    stream.once('error', reject).once('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
  });
}

test('slow answers after delayMs', async (t) => {
  const collector = await startCollector(t, { mode: 'slow', delayMs: 80 });
  const startedMs = performance.now();
  assert.equal((await post(collector.otlpUrl, 'application/x-protobuf', protobuf())).status, 200);
  assert.ok(performance.now() - startedMs >= 79);
});

test('hole takes the body, never answers, and accepts no span', async (t) => {
  const collector = await startCollector(t, { mode: 'hole' });
  const signal = AbortSignal.timeout(150);
  await assert.rejects(fetch(collector.otlpUrl, { method: 'POST', body: new Uint8Array(protobuf()), signal }));
  const [request] = await collector.waitForRequests(1);
  assert.equal(request?.spans.length, 2);
  assert.equal(request?.status, undefined);
  assert.equal(collector.spans.length, 0);
  assert.equal(collector.connections.opened, 1);
});

test('status answers so many times, then all is well', async (t) => {
  const collector = await startCollector(t, { mode: 'status', status: 429, headers: { 'retry-after': '7' }, times: 1 });
  const refused = await post(collector.otlpUrl, 'application/x-protobuf', protobuf());
  assert.deepEqual([refused.status, refused.headers.get('retry-after'), collector.spans.length], [429, '7', 0]);
  assert.equal((await post(collector.otlpUrl, 'application/x-protobuf', protobuf())).status, 200);
  assert.equal(collector.spans.length, 2);
});

test('a body that is no batch is answered with 400 and remembered', async (t) => {
  const collector = await startCollector(t, { allowUndecodable: true });
  assert.equal((await post(collector.jaegerUrl, 'application/x-thrift', Buffer.from('hello'))).status, 400);
  assert.equal((await post(`${collector.url}/else`, 'text/plain', Buffer.from('hello'))).status, 404);
  assert.equal(collector.undecodable.length, 1);
});

test('an undecodable body fails the wait and the end of the test', async () => {
  const ends: (() => Promise<void> | void)[] = [];
  const collector = await startCollector({ after: (end) => void ends.push(end) });
  await post(collector.jaegerUrl, 'application/x-thrift', Buffer.from('hello'));
  await assert.rejects(collector.waitForSpans(1), /POST \/api\/traces/);
  await assert.rejects(async () => ends[0]?.(), /POST \/api\/traces/);
});

test('a wait that is not met says what arrived instead', async (t) => {
  const collector = await startCollector(t);
  await post(collector.otlpUrl, 'application/x-protobuf', protobuf());
  await assert.rejects(collector.waitForSpans(3, 20), /no 3 spans within 20 ms; 2 spans in 1 requests.*server GET \//s);
});
