import assert from 'node:assert/strict';
import http, { createServer, IncomingMessage, OutgoingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, before, test } from 'node:test';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core';
import { bindEmit } from '../../../src/instrument/bound-emit.ts';
import { HttpClients, type RequestFunctions } from '../../../src/instrument/http/http-clients.ts';
import { drain, only, recordSpans, thrownBy } from '../../span/recorded-spans.ts';
import { usual } from './settings.ts';

const ended = recordSpans();
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
bindEmit(IncomingMessage.prototype);
bindEmit(OutgoingMessage.prototype);
afterEach(() => void drain(ended));

const clients = new HttpClients(usual);
clients.tracer = trace.getTracer('test');
const errors: unknown[] = [];
const { request, get } = http;
const patched = { request, get } as unknown as RequestFunctions;
clients.patch(patched, 'http', (error) => errors.push(error));

let server: Server;
let headersSeen: http.IncomingHttpHeaders = {};
before(async () => {
  server = createServer((incoming, response) => {
    headersSeen = incoming.headers;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
});
const port = () => (server.address() as AddressInfo).port;

function over(sent: http.ClientRequest): Promise<void> {
  sent.on('error', () => {}).on('response', (response) => response.resume());
  return new Promise((resolve) => sent.on('close', resolve));
}

test('a request has a span below the active one, and its server is told', async () => {
  const outer = trace.getTracer('test').startSpan('outer');
  await context.with(trace.setSpan(ROOT_CONTEXT, outer), () => over(patched.get({ port: port(), path: '/a' })));
  const span = only(ended);
  assert.deepEqual([span.name, span.kind], ['GET', SpanKind.CLIENT]);
  assert.equal(span.parentSpanContext?.spanId, outer.spanContext().spanId);
  assert.equal(span.attributes['url.full'], `http://localhost:${port()}/a`);
  const { traceId, spanId } = span.spanContext();
  assert.equal(headersSeen['traceparent'], `00-${traceId}-${spanId}-01`);
});

test('the head that Node.js writes at once has the trace in it, for 3 forms of headers', async () => {
  for (const headers of [
    ['Host', 'a', 'X-One', 'b'],
    [
      ['Host', 'a'],
      ['X-One', 'b'],
    ],
    { expect: '100-continue', 'x-one': 'b' },
  ]) {
    await over(patched.get({ port: port(), headers }));
    assert.equal(headersSeen['x-one'], 'b');
    assert.equal(headersSeen['traceparent']?.slice(36, 52), only(ended).spanContext().spanId);
  }
});

test('listeners and the callback are called in the context of the caller', async () => {
  const outer = trace.setSpan(ROOT_CONTEXT, trace.getTracer('test').startSpan('outer'));
  const seen = new Set<unknown>();
  const note = (): unknown => seen.add(context.active());
  await context.with(outer, () => {
    const sent = patched.request({ port: port() }, (response: IncomingMessage) => {
      note();
      response.on('data', note).on('end', note).on('close', note);
    });
    for (const event of ['socket', 'finish', 'close']) sent.on(event, note);
    sent.end();
    return over(sent);
  });
  assert.deepEqual([...seen], [outer]);
});

test('what Node.js refuses throws what it throws, and the caller keeps his context', () => {
  const error = thrownBy(() => patched.get({ path: 'a b' })) as NodeJS.ErrnoException;
  assert.equal(error.code, 'ERR_UNESCAPED_CHARACTERS');
  assert.equal(only(ended).status.code, SpanStatusCode.ERROR);
  assert.equal(context.active(), ROOT_CONTEXT);
  assert.equal((thrownBy(() => patched.get('nonsense')) as NodeJS.ErrnoException).code, 'ERR_INVALID_URL');
  assert.equal(drain(ended).length, 0);
});

test('where tracing is suppressed, there is neither a span nor a header', async () => {
  await context.with(suppressTracing(ROOT_CONTEXT), () => over(patched.get({ port: port() })));
  assert.deepEqual([drain(ended).length, headersSeen['traceparent']], [0, undefined]);
});

test('an error of ours is told, and the request is made', async () => {
  const error = new Error('ours');
  const { tracer } = clients;
  clients.tracer = {
    startSpan() {
      throw error;
    },
    startActiveSpan: undefined as never,
  };
  await over(patched.get({ port: port(), headers: { 'x-one': 'made' } }));
  clients.tracer = tracer;
  assert.deepEqual([errors.splice(0), headersSeen['x-one']], [[error], 'made']);
});

test('both functions have their names', () => {
  assert.deepEqual([patched.request.name, patched.get.name], ['request', 'get']);
});
