import assert from 'node:assert/strict';
import http2, { type ClientHttp2Stream, type Http2Server, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core';
import { HttpClients } from '../../../src/instrument/http/http-clients.ts';
import { type ConnectFunction, Http2Clients } from '../../../src/instrument/http/http2-clients.ts';
import { drain, only, recordSpans, thrownBy } from '../../span/recorded-spans.ts';
import { usual } from './settings.ts';

const ended = recordSpans();
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const clients = new HttpClients(usual);
clients.tracer = trace.getTracer('test');
const errors: unknown[] = [];
const patched = { connect: http2.connect } as unknown as ConnectFunction;
new Http2Clients(clients, (error) => errors.push(error)).patch(patched);
const connect = patched.connect as unknown as typeof http2.connect;

let server: Http2Server;
let session: http2.ClientHttp2Session;
let headersSeen: IncomingHttpHeaders = {};
let port = 0;
before(async () => {
  server = http2.createServer().on('stream', (stream, headers) => {
    headersSeen = headers;
    stream.respond({ ':status': headers[':path'] === '/missing' ? 404 : 200 });
    stream.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  session = connect(`http://localhost:${port}`, { family: 4 } as http2.ClientSessionOptions);
});
after(() => {
  session.close();
  server.close();
});
afterEach(() => void drain(ended));

function over(stream: ClientHttp2Stream): Promise<void> {
  stream.on('error', () => {}).resume();
  return new Promise((resolve) => stream.on('close', resolve));
}

test('a request has a span below the active one, and its server is told', async () => {
  const outer = trace.getTracer('test').startSpan('outer');
  await context.with(trace.setSpan(ROOT_CONTEXT, outer), () =>
    over(session.request({ ':path': '/a?sig=1', ':method': 'POST', 'user-agent': 'me' }, { endStream: true })),
  );
  const span = only(ended);
  assert.deepEqual(
    [span.name, span.kind, span.parentSpanContext?.spanId],
    ['POST', SpanKind.CLIENT, outer.spanContext().spanId],
  );
  assert.deepEqual(span.attributes, {
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'network.peer.address': '127.0.0.1',
    'network.peer.port': port,
    'network.protocol.version': '2',
    'server.address': 'localhost',
    'server.port': port,
    'url.full': `http://localhost:${port}/a?sig=REDACTED`,
    'user_agent.original': 'me',
  });
  assert.equal(headersSeen['traceparent'], `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`);
});

test('the authority of the request counts before the one of the connection', async () => {
  await over(session.request({ ':path': '/missing', ':authority': 'virtual.example:81' }));
  const { attributes } = only(ended);
  assert.equal(attributes['url.full'], 'http://virtual.example:81/missing');
  assert.deepEqual(
    [attributes['server.address'], attributes['server.port'], attributes['error.type']],
    ['virtual.example', 81, '404'],
  );
});

test('a request without headers is one for /', async () => {
  await over(session.request());
  assert.equal(only(ended).attributes['url.full'], `http://localhost:${port}/`);
});

test('listeners are called in the context of the caller', async () => {
  const outer = trace.setSpan(ROOT_CONTEXT, trace.getTracer('test').startSpan('outer'));
  const seen = new Set<unknown>();
  await context.with(outer, () => {
    const stream = session.request({ ':path': '/' });
    for (const event of ['response', 'data', 'end', 'close']) stream.on(event, () => seen.add(context.active()));
    return over(stream);
  });
  assert.deepEqual([...seen], [outer]);
});

test('gRPC, a request that has a trace already, and suppressed tracing leave none', async () => {
  const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
  await over(session.request({ ':path': '/', 'content-type': 'application/grpc' }));
  assert.equal(headersSeen['traceparent'], undefined);
  await over(session.request({ ':path': '/', traceparent }));
  assert.equal(headersSeen['traceparent'], traceparent);
  await context.with(suppressTracing(ROOT_CONTEXT), () => over(session.request({ ':path': '/' })));
  assert.equal(headersSeen['traceparent'], undefined);
  assert.equal(drain(ended).length, 0);
});

test('what Node.js refuses throws what it throws', () => {
  const error = thrownBy(() => session.request({ ':nonsense': '/' })) as NodeJS.ErrnoException;
  assert.equal(error.code, 'ERR_HTTP2_INVALID_PSEUDOHEADER');
  assert.equal(only(ended).attributes['error.type'], '_OTHER');
});

test('an error of ours is told, and the request is made', async () => {
  const { tracer } = clients;
  const error = new Error('ours');
  clients.tracer = {
    startSpan() {
      throw error;
    },
    startActiveSpan: undefined as never,
  };
  await over(session.request({ ':path': '/made' }));
  clients.tracer = tracer;
  assert.deepEqual([errors.splice(0), headersSeen[':path']], [[error], '/made']);
});
