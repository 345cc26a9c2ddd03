import assert from 'node:assert/strict';
import http2, { type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, test, type TestContext } from 'node:test';
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { HttpServers } from '../../../src/instrument/http/http-servers.ts';
import { Http2Servers, type ServerFunctions } from '../../../src/instrument/http/http2-servers.ts';
import { drain, only, recordSpans } from '../../span/recorded-spans.ts';
import { usual } from './settings.ts';

const ended = recordSpans();
const servers = new HttpServers({ ...usual, ignores: (path) => path === '/healthz' });
servers.tracer = trace.getTracer('test');
const errors: unknown[] = [];
const { createServer, createSecureServer } = http2;
const patched = { createServer, createSecureServer } as unknown as ServerFunctions;
new Http2Servers(servers, (error) => errors.push(error)).patch(patched);
const plain = patched.createServer as unknown as typeof createServer;
afterEach(() => void drain(ended));

async function ask(t: TestContext, server: Http2Server, headers: http2.OutgoingHttpHeaders): Promise<void> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = session.request(headers);
  stream.on('error', () => {}).resume();
  await new Promise((resolve) => stream.on('close', resolve));
  await new Promise<void>((resolve) => session.close(resolve));
  await new Promise((resolve) => setTimeout(resolve, 5));
}

for (const [kind, make] of [
  [
    'a request',
    (seen: () => void) =>
      plain((request, response) => {
        seen();
        request.resume().on('end', () => {
          seen();
          response.statusCode = 201;
          response.on('close', seen).end('x');
        });
      }),
  ],
  [
    'a stream',
    (seen: () => void) =>
      plain().on('stream', (stream) => {
        seen();
        stream.respond({ ':status': 201 });
        stream.on('close', seen).resume().on('end', seen).end('x');
      }),
  ],
] as const) {
  test(`${kind} has a span, which is active in its listeners`, async (t) => {
    const seen: unknown[] = [];
    const server = make(() => seen.push(trace.getActiveSpan()));
    await ask(t, server, { ':path': '/a?b=1', ':authority': 'a.example:81', 'user-agent': 'me' });
    const span = only(ended);
    assert.deepEqual(new Set(seen), new Set([span]));
    assert.equal(seen.length, 3);
    const { 'network.peer.port': port, ...attributes } = span.attributes;
    assert.equal(typeof port, 'number');
    assert.deepEqual(attributes, {
      'client.address': '127.0.0.1',
      'http.request.method': 'GET',
      'http.response.status_code': 201,
      'network.peer.address': '127.0.0.1',
      'network.protocol.version': '2',
      'server.address': 'a.example',
      'server.port': 81,
      'url.path': '/a',
      'url.query': 'b=1',
      'url.scheme': 'http',
      'user_agent.original': 'me',
    });
  });
}

test('gRPC and CONNECT have none, and an ignored path has nothing below it', async (t) => {
  const seen: unknown[] = [];
  const server = plain().on('stream', (stream) => {
    seen.push(context.active() === ROOT_CONTEXT || isTracingSuppressed(context.active()));
    stream.respond();
    stream.end();
  });
  await ask(t, server, { ':path': '/a', 'content-type': 'application/grpc+proto' });
  await ask(t, server, { ':method': 'CONNECT', ':authority': 'a.example:81' });
  await ask(t, server, { ':path': '/healthz' });
  assert.deepEqual([seen, drain(ended).length], [[true, true, true], 0]);
});

test('a stream that is reset before its answer has no status code, and one that fails has its error', async (t) => {
  const server = plain().on('stream', (stream, { ':path': path }) => {
    stream.on('error', () => {});
    if (path === '/cancel') stream.close(http2.constants.NGHTTP2_CANCEL);
    else stream.destroy(new TypeError('mine'));
  });
  await ask(t, server, { ':path': '/cancel' });
  const cancelled = only(ended);
  assert.deepEqual(
    [cancelled.attributes['http.response.status_code'], cancelled.status.code],
    [undefined, SpanStatusCode.UNSET],
  );
  await ask(t, server, { ':path': '/fail' });
  assert.deepEqual([only(ended).attributes['error.type']], ['TypeError']);
});

test('an error of ours is told, and the request is served', async (t) => {
  const { tracer } = servers;
  const error = new Error('ours');
  servers.tracer = {
    startSpan() {
      throw error;
    },
    startActiveSpan: undefined as never,
  };
  let served = 0;
  await ask(
    t,
    plain((_, response) => response.end(String(served++))),
    { ':path': '/' },
  );
  servers.tracer = tracer;
  assert.deepEqual([errors.splice(0), served], [[error], 1]);
});

test('the functions keep their names', () => {
  assert.deepEqual(
    [patched.createServer.name, patched.createSecureServer.name],
    ['createServer', 'createSecureServer'],
  );
});
