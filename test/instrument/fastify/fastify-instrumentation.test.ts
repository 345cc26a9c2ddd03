import assert from 'node:assert/strict';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { RPCType, setRPCMetadata } from '@opentelemetry/core';
import { fastify } from 'fastify';
import { createLog } from '../../../src/core/log.ts';
import { FastifyInstrumentation, SCOPE } from '../../../src/instrument/fastify/fastify-instrumentation.ts';
import { drain, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const lines: string[] = [];
const handler = tracingChannel('fastify.request.handler');

assert.equal(handler.hasSubscribers, false);
const instrumentation = new FastifyInstrumentation({
  log: createLog({ level: 'warn', write: (line) => lines.push(line) }),
});

/** Has an app answer one request within a server span; resolves with the route that was left for it. */
async function routeOf(app: ReturnType<typeof fastify>, url: string): Promise<string | undefined> {
  const span = trace.getTracer('test').startSpan('server');
  const metadata: { readonly type: RPCType.HTTP; route?: string; span: typeof span } = { type: RPCType.HTTP, span };
  const inside = setRPCMetadata(trace.setSpan(ROOT_CONTEXT, span), metadata);
  await context.with(inside, async () => await app.inject(url));
  return metadata.route;
}

test('until there is a tracer, an app has its routes and no spans', async () => {
  const app = fastify();
  app.get('/early/:id', () => 'early');
  assert.equal(await routeOf(app, '/early/1'), '/early/:id');
  assert.deepEqual(drain(ended), []);
});

test('an app has its routes, whether their handlers are reached or not, and a span for each call of one', async () => {
  instrumentation.setTracerProvider(trace.getTracerProvider());
  instrumentation.setMeterProvider();
  const app = fastify();
  app.get('/users/:id', async () => 'user');
  app.get('/denied/:id', { preHandler: (_request, reply) => void reply.code(401).send() }, () => 'never');
  assert.equal(await routeOf(app, '/users/1'), '/users/:id');
  assert.equal(await routeOf(app, '/denied/1'), '/denied/:id');
  assert.equal(await routeOf(app, '/none'), undefined);
  assert.deepEqual(
    drain(ended).map(({ name, instrumentationScope }) => [name, instrumentationScope.name]),
    [['handler - fastify', SCOPE]],
  );
});

test('an instance of Fastify 4 is left alone', () => {
  channel('fastify.initialization').publish({ fastify: { version: '4.29.1', addHook: assert.fail } });
  assert.deepEqual(lines, []);
});

test('where the plugin @fastify/otel makes the spans, there are none of ours', async () => {
  const app = fastify();
  app.decorateRequest('opentelemetry', () => ({}));
  app.get('/', () => 'root');
  assert.equal(await routeOf(app, '/'), '/');
  assert.deepEqual(drain(ended), []);
});

test('what cannot be traced is one line, and the app goes on', async () => {
  channel('fastify.initialization').publish({});
  handler.start.publish({ request: undefined });
  const app = fastify();
  app.get('/', () => 'root');
  assert.equal((await app.inject('/')).body, 'root');
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^otel-preload: tracing a request of Fastify failed: TypeError: .+; it goes on untraced\n$/,
  );
});
