import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { GrpcClients } from '../../../src/instrument/grpc/grpc-clients.ts';
import type { Client as Patched, RequestName } from '../../../src/instrument/grpc/grpc-js.ts';
import type { GrpcSettings } from '../../../src/instrument/grpc/settings.ts';
import { only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

type Callback = (error: unknown, ...rest: unknown[]) => void;
/** What gRPC has been asked for. */
interface Made {
  readonly args: readonly unknown[];
  readonly call: EventEmitter;
  readonly activeSpanId: string | undefined;
  /** Of a unary request. */
  readonly metadata: Metadata;
  readonly callback: Callback;
}
interface SetUp {
  readonly captured?: Partial<GrpcSettings['capturedMetadata']>;
  readonly tracer?: GrpcClients['tracer'];
  /** Whether the class was made of a definition. */
  readonly generated?: boolean;
  readonly target?: string;
  readonly fails?: Error;
}

/** A client of gRPC's own class that makes no calls, but notes what it is asked for. */
function connect({ captured = {}, generated = false, target = 'localhost:50051', fails, ...rest }: SetUp = {}) {
  const made: Made[] = [];
  const errors: unknown[] = [];
  class Fake extends Client {}
  if (generated) Object.assign(Fake, { service: {} });
  const prototype = Fake.prototype as unknown as Patched;
  for (const name of [
    'makeUnaryRequest',
    'makeClientStreamRequest',
    'makeServerStreamRequest',
    'makeBidiStreamRequest',
  ] as const) {
    prototype[name] = (...args) => {
      if (fails) throw fails;
      const call = new EventEmitter();
      const activeSpanId = trace.getActiveSpan()?.spanContext().spanId;
      made.push({ args, call, activeSpanId, metadata: args[4] as Metadata, callback: args[6] as Callback });
      return call;
    };
  }
  const capturedMetadata = {
    serverRequest: [],
    serverResponse: [],
    clientRequest: [],
    clientResponse: [],
    ...captured,
  };
  const clients = new GrpcClients({ ignores: undefined, capturedMetadata });
  clients.tracer = 'tracer' in rest ? rest.tracer : trace.getTracer('test');
  clients.patch(prototype, (error) => errors.push(error));
  const client = new Fake(target, credentials.createInsecure()) as unknown as Patched;
  const onlyOne = (): Made => {
    const [first, ...more] = made;
    assert.ok(first && more.length === 0);
    return first;
  };
  return { client, made, onlyOne, errors };
}

const start = { unary: ['/test.Calls/Do', String, Number, 'message'], stream: ['/test.Calls/Do', String, Number] };
const metadataOf = (entries: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
};
const done: Callback = () => {};
const deadline = { deadline: 1 };

for (const [name, first, optional, wanted] of [
  ['makeUnaryRequest', start.unary, [done], [{}, {}, 'callback']],
  ['makeUnaryRequest', start.unary, [metadataOf({ a: 'b' }), done], [{ a: 'b' }, {}, 'callback']],
  ['makeUnaryRequest', start.unary, [deadline, done], [{}, deadline, 'callback']],
  ['makeUnaryRequest', start.unary, [metadataOf({ a: 'b' }), deadline, done], [{ a: 'b' }, deadline, 'callback']],
  ['makeClientStreamRequest', start.stream, [done], [{}, {}, 'callback']],
  ['makeClientStreamRequest', start.stream, [deadline, done], [{}, deadline, 'callback']],
  [
    'makeClientStreamRequest',
    start.stream,
    [metadataOf({ a: 'b' }), deadline, done],
    [{ a: 'b' }, deadline, 'callback'],
  ],
  ['makeServerStreamRequest', start.unary, [], [{}, {}]],
  ['makeServerStreamRequest', start.unary, [deadline], [{}, deadline]],
  ['makeServerStreamRequest', start.unary, [metadataOf({ a: 'b' })], [{ a: 'b' }, {}]],
  ['makeBidiStreamRequest', start.stream, [deadline], [{}, deadline]],
  ['makeBidiStreamRequest', start.stream, [metadataOf({ a: 'b' }), deadline], [{ a: 'b' }, deadline]],
] as const satisfies [RequestName, unknown[], unknown[], unknown[]][]) {
  const forms = optional.map((one) => (one instanceof Metadata ? 'metadata' : one === done ? 'callback' : 'options'));
  test(`${name}(${forms.join(', ')}) sends the trace and all that was given`, () => {
    const { client, onlyOne } = connect();
    client[name](...first, ...optional);
    const { args, call, activeSpanId } = onlyOne();
    assert.deepEqual(args.slice(0, first.length), first);
    const [metadata, options, callback] = args.slice(first.length) as [Metadata, object, Callback?];
    assert.ok(metadata instanceof Metadata && args.length === first.length + wanted.length);
    const [wantedMetadata, wantedOptions] = wanted;
    assert.deepEqual(options, wantedOptions);
    if (callback === undefined) call.emit('status', { code: 0 });
    else callback(null, 'value');
    const span = only(ended);
    const { traceId, spanId } = span.spanContext();
    assert.deepEqual(metadata.getMap(), { ...wantedMetadata, traceparent: `00-${traceId}-${spanId}-01` });
    assert.equal(activeSpanId, spanId);
    assert.deepEqual([span.name, span.kind], ['grpc.test.Calls/Do', SpanKind.CLIENT]);
    assert.deepEqual(span.attributes, {
      'rpc.system': 'grpc',
      'rpc.method': 'Do',
      'rpc.service': 'test.Calls',
      'server.address': 'localhost',
      'server.port': 50_051,
      'rpc.grpc.status_code': 0,
    });
    const [given] = optional;
    if (given instanceof Metadata) assert.deepEqual(given.getMap(), { a: 'b' }, "the app's own object stays as it was");
  });
}

test('a callback gets all that gRPC gives it, after the span has ended', () => {
  for (const args of [[null, 'value'], [Object.assign(new Error('no'), { code: 5 })]]) {
    const { client, onlyOne } = connect();
    const got: unknown[][] = [];
    client.makeUnaryRequest(...start.unary, (...given: unknown[]) => void got.push([...given, ended.length]));
    onlyOne().callback(...(args as [unknown]));
    assert.deepEqual(got, [[...args, 1]]);
    assert.equal(only(ended).attributes['rpc.grpc.status_code'], args.length === 1 ? 5 : 0);
  }
});

test('a callback is called within the span of a client that is made of a definition, else within that of its caller', () => {
  for (const generated of [true, false]) {
    const { client, onlyOne } = connect({ generated });
    let active: string | undefined;
    trace.getTracer('test').startActiveSpan('caller', (span) => {
      client.makeUnaryRequest(...start.unary, () => (active = trace.getActiveSpan()?.spanContext().spanId));
      span.end();
    });
    onlyOne().callback(null);
    const [caller, call] = ended.splice(0);
    assert.equal(call?.parentSpanContext?.spanId, caller?.spanContext().spanId);
    assert.equal(active, (generated ? call : caller)?.spanContext().spanId);
  }
});

test('listeners of a stream run within its span', () => {
  const { client, onlyOne } = connect();
  const call = client.makeServerStreamRequest(...start.unary);
  let active: string | undefined;
  call.on('data', () => (active = trace.getActiveSpan()?.spanContext().spanId));
  call.emit('data', 1);
  call.emit('status', { code: 0 });
  assert.equal(call, onlyOne().call);
  assert.equal(active, only(ended).spanContext().spanId);
});

test('data that interceptors find in the metadata is still there', () => {
  const { client, onlyOne } = connect();
  const metadata = metadataOf({ a: 'b' });
  metadata.setOpaque('key', 'for interceptors');
  client.makeUnaryRequest(...start.unary, metadata, done);
  const { metadata: sent } = onlyOne();
  assert.notEqual(sent, metadata);
  assert.equal(sent.getOpaque('key'), 'for interceptors');
  onlyOne().callback(null);
  only(ended);
});

test('metadata that goes out and comes in is captured', () => {
  const { client, onlyOne } = connect({
    captured: { clientRequest: ['x-user', 'traceparent'], clientResponse: ['x-first'] },
  });
  client.makeUnaryRequest(...start.unary, metadataOf({ 'x-user': 'ada' }), done);
  onlyOne().call.emit('metadata', metadataOf({ 'x-first': 'yes' }));
  onlyOne().callback(null);
  const { attributes } = only(ended);
  assert.deepEqual(attributes['rpc.request.metadata.x_user'], ['ada']);
  assert.equal(attributes['rpc.request.metadata.traceparent'], undefined);
  assert.deepEqual(attributes['rpc.response.metadata.x_first'], ['yes']);
});

test('what gRPC throws goes on, and the span ends', () => {
  const fails = new Error('Channel has been shut down');
  const { client } = connect({ fails });
  assert.throws(
    () => client.makeUnaryRequest(...start.unary, done),
    (thrown) => thrown === fails,
  );
  const { status, attributes } = only(ended);
  assert.equal(status.code, 2);
  assert.equal(attributes['rpc.grpc.status_code'], undefined);
});

test('arguments that gRPC refuses make no span', () => {
  const { client, made } = connect();
  assert.throws(() => client.makeUnaryRequest(...start.unary, 'no callback'), /Incorrect arguments passed/);
  assert.deepEqual([made, ended], [[], []]);
});

test('options without a prototype, which gRPC takes by themselves only, are sent with the trace', () => {
  const { client, onlyOne } = connect();
  client.makeUnaryRequest(...start.unary, Object.assign(Object.create(null), deadline), done);
  assert.deepEqual(onlyOne().args[5], deadline);
  onlyOne().callback(null);
  only(ended);
});

test('without an SDK, where tracing fails, and without the options that gRPC needs, nothing is changed', () => {
  const broken = { startSpan: () => assert.fail('a broken sampler') } as never;
  for (const [setUp, args, troubles] of [
    [{ tracer: undefined }, [done], 0],
    [{ tracer: broken }, [done], 1],
    [{}, [undefined, done], 0],
  ] as const) {
    const { client, onlyOne, errors } = connect(setUp);
    client.makeUnaryRequest(...start.unary, ...args);
    assert.deepEqual(onlyOne().args, [...start.unary, ...args]);
    assert.deepEqual([errors.length, ended.length], [troubles, 0]);
  }
});

test('within a suppressed context no span is made and nothing is sent along', () => {
  const { client, onlyOne } = connect();
  context.with(suppressTracing(context.active()), () => client.makeUnaryRequest(...start.unary, done));
  assert.deepEqual(onlyOne().metadata.getMap(), {});
  onlyOne().callback(null);
  assert.equal(ended.length, 0);
});

test('a target without a port gives no attributes', () => {
  const { client, onlyOne } = connect({ target: 'unix:/run/socket' });
  client.makeUnaryRequest(...start.unary, done);
  onlyOne().callback(null);
  assert.deepEqual(
    Object.keys(only(ended).attributes).filter((key) => key.startsWith('server.')),
    [],
  );
});
