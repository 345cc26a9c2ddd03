import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { carry } from '../../../src/instrument/carried.ts';
import type { HandlerMessage } from '../../../src/instrument/fastify/fastify.ts';
import { HandlerCall } from '../../../src/instrument/fastify/handler-call.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const tracer = trace.getTracer('test');
const parent = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('server'));

interface Message extends HandlerMessage {
  async: boolean;
  error?: unknown;
}

function message(handlerName?: string, pluginName = 'fastify'): Message {
  return {
    request: {
      raw: {},
      server: { version: '5.0.0', addHook() {}, pluginName },
      routeOptions: handlerName === undefined ? {} : { handler: { name: handlerName } },
    },
    reply: { raw: new EventEmitter() },
    route: { url: '/users/:id' },
    async: false,
  };
}

/** Calls it in the context of a request, and says whether that is what is active afterwards. */
function inRequest(steps: (isBefore: () => boolean) => void): boolean {
  const isBefore = (): boolean => context.active() === parent;
  return context.with(parent, () => {
    steps(isBefore);
    return isBefore();
  });
}

/** The name of the one span that is active and is not the request's. */
function activeName(): unknown {
  const span = trace.getActiveSpan();
  return span === trace.getSpan(parent) ? 'server' : (span as unknown as { name: string }).name;
}

test('a handler that returns has a span, which is active until then', () => {
  const call = message('bound getUser');
  const isLeft = inRequest(() => {
    HandlerCall.start(tracer, call);
    assert.equal(activeName(), 'handler - getUser');
    assert.equal(ended.length, 0);
    HandlerCall.end(call);
  });
  assert.equal(isLeft, true);
  const { name, attributes, parentSpanContext, status } = only(ended);
  assert.equal(name, 'handler - getUser');
  assert.deepEqual(attributes, {
    'http.route': '/users/:id',
    'fastify.type': 'request-handler',
    'hook.name': 'fastify - route-handler',
    'hook.callback.name': 'getUser',
  });
  assert.equal(parentSpanContext?.spanId, trace.getSpanContext(parent)?.spanId);
  assert.deepEqual(status, { code: SpanStatusCode.UNSET });
});

test('a handler without a name is called as its plugin is', () => {
  for (const name of ['bound ', undefined]) {
    const call = message(name, 'fastify -> users');
    inRequest(() => {
      HandlerCall.start(tracer, call);
      HandlerCall.end(call);
    });
    const span = only(ended);
    assert.equal(span.name, 'handler - fastify -> users');
    assert.deepEqual(
      [span.attributes['hook.name'], span.attributes['hook.callback.name']],
      ['fastify -> users - route-handler', 'anonymous'],
    );
  }
});

test('a handler that throws is left at once: what answers the error is outside of it', () => {
  const call = message();
  const isLeft = inRequest((isBefore) => {
    HandlerCall.start(tracer, call);
    call.error = new Error('boom');
    HandlerCall.fail(call);
    assert.equal(isBefore(), true);
    HandlerCall.end(call);
  });
  assert.equal(isLeft, true);
  const { status, events } = only(ended);
  assert.deepEqual(status, { code: SpanStatusCode.ERROR, message: 'boom' });
  assert.deepEqual(
    events.map(({ name }) => name),
    ['exception'],
  );
});

test('a promise ends the span when it is settled, and what answers it is outside', async () => {
  for (const error of [undefined, new Error('late')]) {
    const call = message();
    let continued: Promise<void> | undefined;
    const isLeft = inRequest(() => {
      HandlerCall.start(tracer, call);
      continued = Promise.resolve().then(() => {
        assert.equal(activeName(), 'handler - fastify');
        if (error !== undefined) {
          call.error = error;
          HandlerCall.fail(call);
          assert.equal(activeName(), 'handler - fastify');
        }
        assert.equal(ended.length, 0);
        HandlerCall.settle(call);
        assert.equal(ended.length, 1);
        assert.equal(context.active(), parent);
        HandlerCall.settled(call);
        assert.equal(activeName(), 'handler - fastify');
      });
      call.async = true;
      HandlerCall.end(call);
    });
    assert.equal(isLeft, true);
    await continued;
    call.reply.raw.emit('close');
    assert.equal(only(ended).status.message, error?.message);
  }
});

test('a promise that is settled before the handler has returned leaves the context as it was', () => {
  const call = message();
  const isLeft = inRequest((isBefore) => {
    HandlerCall.start(tracer, call);
    call.async = true;
    HandlerCall.settle(call);
    assert.equal(isBefore(), true);
    HandlerCall.settled(call);
    assert.equal(activeName(), 'handler - fastify');
    HandlerCall.end(call);
  });
  assert.equal(isLeft, true);
  assert.equal(call.reply.raw.listenerCount('close'), 0);
  drain(ended);
});

test('where nothing is published of a promise, the span ends with the response', () => {
  const call = message();
  call.async = true;
  inRequest(() => {
    HandlerCall.start(tracer, call);
    HandlerCall.end(call);
  });
  assert.equal(ended.length, 0);
  call.reply.raw.emit('close');
  assert.equal(only(ended).name, 'handler - fastify');
});

test('where an exchange tells of the end of the response, nobody listens to it', () => {
  const call = message();
  const works: (() => void)[] = [];
  carry(call.reply.raw, { context: parent, note() {}, beforeEnd: (work) => works.push(work) > 0 });
  call.async = true;
  inRequest(() => {
    HandlerCall.start(tracer, call);
    HandlerCall.end(call);
  });
  assert.equal(call.reply.raw.listenerCount('close'), 0);
  for (const work of works) work();
  assert.equal(only(ended).name, 'handler - fastify');
  call.error = new Error('too late');
  HandlerCall.fail(call);
});

test('outside of any trace there is no span, and nothing to end', () => {
  const call = message();
  HandlerCall.start(tracer, call);
  assert.equal(trace.getActiveSpan(), undefined);
  HandlerCall.fail(call);
  HandlerCall.end(call);
  HandlerCall.settle(call);
  HandlerCall.settled(call);
  assert.equal(context.active(), ROOT_CONTEXT);
  assert.deepEqual(drain(ended), []);
});
