import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { Metadata } from '@grpc/grpc-js';
import type { Handler, Server, ServerCall } from '../../../src/instrument/grpc/grpc-js.ts';
import { GrpcServers } from '../../../src/instrument/grpc/grpc-servers.ts';
import type { GrpcSettings } from '../../../src/instrument/grpc/settings.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const nothing: GrpcSettings = {
  ignores: undefined,
  capturedMetadata: { serverRequest: [], serverResponse: [], clientRequest: [], clientResponse: [] },
};

interface SetUp {
  readonly settings?: Partial<GrpcSettings>;
  readonly type?: string;
  /** As 1.10 and later, which catch what a handler throws. */
  readonly catches?: boolean;
  readonly tracer?: GrpcServers['tracer'];
}

/** Gives the handler that the server is handed for `handler`. */
function registered(handler: Handler, { settings, type = 'unary', catches = true, ...rest }: SetUp = {}) {
  const handlers: Handler[] = [];
  const errors: unknown[] = [];
  const prototype: Server = {
    ...(catches ? { drain: () => {} } : {}),
    register(_path, given) {
      handlers.push(given);
      return true;
    },
  };
  const servers = new GrpcServers({ ...nothing, ...settings });
  servers.tracer = 'tracer' in rest ? rest.tracer : trace.getTracer('test');
  servers.patch(prototype, (error) => errors.push(error));
  assert.equal(prototype.register('/test.Calls/Do', handler, String, String, type), true);
  assert.equal(handlers.length, 1);
  return { handler: handlers[0] ?? handler, errors };
}

function incomingCall(entries: Readonly<Record<string, string>> = {}): ServerCall & { sent: Metadata[] } {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  const sent: Metadata[] = [];
  return Object.assign(new EventEmitter(), {
    metadata,
    sent,
    sendMetadata: (one: unknown) => void sent.push(one as Metadata),
    getDeadline: () => Infinity,
  });
}

test('a handler runs once, within a server span that continues the trace of the call', () => {
  const self = {};
  const call = incomingCall({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
  const seen: unknown[] = [];
  const { handler } = registered(function (one, answer) {
    seen.push(this, one, trace.getActiveSpan()?.spanContext().traceId);
    return answer?.(null, 'value', 'trailer', 1);
  });
  const answers: unknown[][] = [];
  assert.equal(
    handler.call(self, call, (...args) => answers.push(args)),
    1,
  );
  assert.deepEqual(answers, [[null, 'value', 'trailer', 1]]);
  assert.deepEqual(seen, [self, call, '0af7651916cd43dd8448eb211c80319c']);
  const span = only(ended);
  assert.deepEqual([span.name, span.kind], ['grpc.test.Calls/Do', SpanKind.SERVER]);
  assert.equal(span.parentSpanContext?.spanId, 'b7ad6b7169203331');
  assert.deepEqual(span.attributes, {
    'rpc.system': 'grpc',
    'rpc.method': 'Do',
    'rpc.service': 'test.Calls',
    'rpc.grpc.status_code': 0,
  });
});

test('listeners of the call run within its span, those added before the handler too', () => {
  const call = incomingCall();
  const inside: (string | undefined)[] = [];
  const note = (): void => void inside.push(trace.getActiveSpan()?.spanContext().spanId);
  call.on('data', note);
  const { handler } = registered(
    (one, answer) => {
      one.on('data', note);
      note();
      answer?.(null);
    },
    { type: 'clientStream' },
  );
  handler.call({}, call, () => {});
  call.emit('data', 1);
  const { spanId } = only(ended).spanContext();
  assert.deepEqual(inside, [spanId, spanId, spanId]);
  assert.equal(trace.getActiveSpan(), undefined);
});

test('who has called the handler is left in the context that it was in', () => {
  const { handler } = registered((_, answer) => answer?.(null));
  handler.call({}, incomingCall(), () => {});
  assert.equal(context.active(), ROOT_CONTEXT);
  assert.equal(drain(ended).length, 1);
});

for (const type of ['serverStream', 'server_stream', 'bidi']) {
  test(`the handler of a method of type ${type} is given the call alone, and its events end the span`, () => {
    const call = incomingCall();
    const given: unknown[][] = [];
    const { handler } = registered((...args) => void given.push(args), { type });
    handler.call({}, call, () => {});
    assert.deepEqual(given, [[call]]);
    assert.equal(ended.length, 0);
    call.emit('finish');
    call.emit('cancelled');
    assert.equal(only(ended).attributes['rpc.grpc.status_code'], 0);
  });
}

for (const type of ['clientStream', 'client_stream']) {
  test(`the handler of a method of type ${type} answers`, () => {
    const { handler } = registered((_call, answer) => answer?.({ code: 9 }), { type });
    handler.call({}, incomingCall(), () => {});
    assert.equal(only(ended).attributes['rpc.grpc.status_code'], 9);
  });
}

test('what a handler throws goes on, and is on the span where gRPC catches it', () => {
  for (const [catches, message] of [
    [true, 'no'],
    [false, undefined],
  ] as const) {
    const error = new RangeError('no');
    const fail = (): never => {
      throw error;
    };
    const { handler } = registered(fail, { catches });
    assert.throws(
      () => handler.call({}, incomingCall(), () => {}),
      (thrown) => thrown === error,
    );
    const span = only(ended);
    assert.equal(span.status.message, message);
    assert.equal(span.attributes['rpc.grpc.status_code'], 2);
  }
});

test('an ignored method makes no span, nor does anything below it', () => {
  const handle: Handler = (call, answer) => {
    call.on('cancelled', () => trace.getTracer('test').startSpan('in listener').end());
    trace.getTracer('test').startSpan('in handler').end();
    return answer?.(null);
  };
  const call = incomingCall();
  const answers: unknown[] = [];
  const { handler } = registered(handle, { settings: { ignores: (path) => path === '/test.Calls/Do' } });
  handler.call({}, call, (...args) => answers.push(args));
  call.emit('cancelled');
  assert.deepEqual([answers, ended.length], [[[null]], 0]);
  registered(handle, { settings: { ignores: (path) => path !== '/test.Calls/Do' } }).handler.call({}, call, () => {});
  assert.equal(drain(ended).length, 2);
});

test('metadata that comes in and goes out is captured', () => {
  const call = incomingCall({ 'x-user': 'ada' });
  const { handler } = registered(
    (one, answer) => {
      const metadata = new Metadata();
      metadata.set('x-first', 'yes');
      one.sendMetadata(metadata);
      answer?.(null);
    },
    {
      settings: {
        capturedMetadata: { ...nothing.capturedMetadata, serverRequest: ['x-user'], serverResponse: ['x-first'] },
      },
    },
  );
  handler.call({}, call, () => {});
  const { attributes } = only(ended);
  assert.deepEqual(attributes['rpc.request.metadata.x_user'], ['ada']);
  assert.deepEqual(attributes['rpc.response.metadata.x_first'], ['yes']);
  assert.deepEqual(
    call.sent.map((metadata) => metadata.getMap()),
    [{ 'x-first': 'yes' }],
  );
});

test('without an SDK, and where tracing fails, the call is served untraced', () => {
  const broken = { startSpan: () => assert.fail('a broken sampler') } as never;
  for (const [tracer, troubles] of [
    [undefined, 0],
    [broken, 1],
  ] as const) {
    for (const type of ['unary', 'bidi']) {
      const { handler, errors } = registered((call, answer) => answer?.(null) ?? call.eventNames().length, {
        type,
        tracer,
      });
      assert.equal(
        handler.call({}, incomingCall(), () => 'answered'),
        type === 'unary' ? 'answered' : 0,
      );
      assert.equal(errors.length, troubles);
    }
  }
  assert.equal(ended.length, 0);
});

test('what is no function is left to gRPC to refuse', () => {
  const nothing: unknown = registered(undefined as never).handler;
  assert.equal(nothing, undefined);
});
