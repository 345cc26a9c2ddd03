import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage, OutgoingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { bindEmit } from '../../../src/instrument/bound-emit.ts';
import { Durations } from '../../../src/instrument/http/durations.ts';
import { failActiveRequest, HttpServers } from '../../../src/instrument/http/http-servers.ts';
import type { HttpSettings } from '../../../src/instrument/http/settings.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';
import { recordingMeters } from './meters.ts';
import { usual } from './settings.ts';

const ended = recordSpans();
bindEmit(IncomingMessage.prototype);
bindEmit(OutgoingMessage.prototype);
afterEach(() => void drain(ended));

function watch(t: TestContext, changes: Partial<HttpSettings> = {}): { servers: HttpServers; errors: unknown[] } {
  const servers = new HttpServers({ ...usual, ...changes });
  servers.tracer = trace.getTracer('test');
  const errors: unknown[] = [];
  t.after(servers.watch((error) => errors.push(error)));
  return { servers, errors };
}

async function listen(t: TestContext, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

/** Sends text over a new connection and waits until it has been closed. */
function send(server: Server, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {}).on('close', () => setImmediate(resolve));
    socket.resume().end(text);
  });
}

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: a.example\r\n${headers}\r\n`;

test('a request has a span, which is active in its handler and whose parent came with it', async (t) => {
  watch(t);
  let active: unknown;
  const server = await listen(t, (_, response) => {
    active = trace.getActiveSpan();
    response.end();
  });
  const traceId = 'a1'.repeat(16);
  await send(server, get('/a', `traceparent: 00-${traceId}-${'b2'.repeat(8)}-01\r\n`));
  const span = only(ended);
  assert.equal(span, active);
  assert.equal(span.name, 'GET');
  assert.equal(span.attributes['url.path'], '/a');
  // recordSpans() registers no propagator
  assert.equal(span.parentSpanContext, undefined);
  assert.equal(context.active(), ROOT_CONTEXT);
});

test('a connection that waits for its next request keeps no span of the last one', async (t) => {
  watch(t);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const spans: WeakRef<Span>[] = [];
  const server = await listen(t, (_, response) => {
    const span = trace.getActiveSpan();
    assert.ok(span);
    spans.push(new WeakRef(span));
    response.end();
  });
  const sockets = Array.from({ length: 10 }, () => connect((server.address() as AddressInfo).port, '127.0.0.1'));
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  for (const socket of sockets) socket.write(get('/'));
  await Promise.all(sockets.map((socket) => once(socket, 'data')));
  const left = (): number => spans.filter((span) => span.deref() !== undefined).length;
  for (let tries = 0; tries < 100 && left() > 0; tries++) {
    drain(ended);
    await delay(1);
    collect();
  }
  assert.equal(spans.length, 10);
  assert.equal(left(), 0);
});

test('what an app does at the finish or the close of its response is in its context', async (t) => {
  watch(t);
  const seen: unknown[] = [];
  const server = await listen(t, (_, response) => {
    const span = trace.getActiveSpan();
    assert.ok(span);
    for (const event of ['finish', 'close']) {
      response.on(event, () => seen.push([event, trace.getActiveSpan() === span]));
    }
    response.end();
  });
  await send(server, get('/'));
  assert.deepEqual(seen, [
    ['finish', true],
    ['close', true],
  ]);
});

test('3 pipelined requests have 3 spans, each active in its own listeners', async (t) => {
  watch(t);
  const seen: string[] = [];
  const server = await listen(t, (request, response) => {
    const span = trace.getActiveSpan();
    for (const emitter of [request, response]) {
      emitter.on('close', () => seen.push(`${request.url} ${trace.getActiveSpan() === span}`));
    }
    request.resume().on('end', () => {
      seen.push(`${request.url} ${trace.getActiveSpan() === span}`);
      setTimeout(() => response.end(), 4 - Number(request.url?.slice(1)));
    });
  });
  await send(server, get('/1') + get('/2') + get('/3', 'Connection: close\r\n'));
  assert.deepEqual(
    seen.toSorted(),
    ['/1', '/2', '/3'].flatMap((url) => Array.from({ length: 3 }, () => `${url} true`)),
  );
  assert.deepEqual(
    drain(ended).map(({ attributes }) => attributes['url.path']),
    ['/1', '/2', '/3'],
  );
});

test('an ignored path has no span, nor has anything below it', async (t) => {
  watch(t, { ignores: (path) => path.startsWith('/health') });
  const seen: boolean[] = [];
  const server = await listen(t, (request, response) => {
    trace.getTracer('app').startSpan(`inside ${request.url}`).end();
    seen.push(isTracingSuppressed(context.active()));
    request.resume().on('end', () => {
      trace.getTracer('app').startSpan(`at the end of ${request.url}`).end();
      response.end();
    });
  });
  await send(server, get('/healthz?full') + get('/other', 'Connection: close\r\n'));
  assert.deepEqual(seen, [true, false]);
  assert.deepEqual(
    drain(ended).map(({ name }) => name),
    ['inside /other', 'at the end of /other', 'GET'],
  );
});

test('a request that is not sampled has its context, and no attributes are made for it', async (t) => {
  const { servers } = watch(t);
  servers.tracer = new TracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('test');
  let isRecording: boolean | undefined;
  const server = await listen(t, (_, response) => {
    isRecording = trace.getActiveSpan()?.isRecording();
    response.end();
  });
  await send(server, get('/', 'Connection: close\r\n'));
  assert.equal(isRecording, false);
  assert.equal(drain(ended).length, 0);
});

test('before there is a tracer, nothing is traced', async (t) => {
  const { servers } = watch(t);
  servers.tracer = undefined;
  const server = await listen(t, (_, response) => response.end());
  await send(server, get('/', 'Connection: close\r\n'));
  assert.equal(drain(ended).length, 0);
});

test('an error of ours is told, and the request is served', async (t) => {
  const { servers, errors } = watch(t);
  const error = new Error('ours');
  servers.tracer = {
    startSpan() {
      throw error;
    },
    startActiveSpan: undefined as never,
  };
  let served = 0;
  const server = await listen(t, (_, response) => response.end(String(served++)));
  await send(server, get('/', 'Connection: close\r\n'));
  assert.deepEqual([errors, served], [[error], 1]);
});

test('an error that nobody catches ends the span of the active request', async (t) => {
  watch(t);
  const server = await listen(t, (_, response) => {
    failActiveRequest(new TypeError('mine'));
    failActiveRequest(new RangeError('again'));
    response.end();
  });
  await send(server, get('/', 'Connection: close\r\n'));
  const span = only(ended);
  assert.deepEqual([span.status.code, span.attributes['error.type']], [SpanStatusCode.ERROR, 'TypeError']);
  failActiveRequest(new Error('of no request'));
});

test('durations are measured where there is a meter', async (t) => {
  const { servers } = watch(t, { ignores: (path) => path === '/ignored' });
  const { meters, recorded } = recordingMeters();
  servers.durations = new Durations(meters, 'test', 'server');
  const server = await listen(t, (_, response) => response.end());
  await send(server, get('/ignored') + get('/', 'Connection: close\r\n'));
  assert.deepEqual(
    recorded.get('http.server.request.duration')?.map(({ attributes }) => attributes),
    [
      {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'network.protocol.version': '1.1',
        'url.scheme': 'http',
      },
    ],
  );
});
