import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import { h3 } from '../../../src/instrument/published/h3.ts';
import { recordSpans } from '../../span/recorded-spans.ts';

recordSpans();

const describe = (type: string, route?: string) => {
  const event = { context: route === undefined ? {} : { matchedRoute: { route } } };
  return h3.channels['h3.request']?.({ type, event } as never);
};

test('a handler is named after its route, a middleware is not', () => {
  assert.deepEqual(describe('route', '/users/:id'), {
    name: 'request handler - /users/:id',
    kind: SpanKind.INTERNAL,
    attributes: { 'h3.type': 'request_handler', 'http.route': '/users/:id' },
  });
  assert.deepEqual(describe('middleware'), {
    name: 'middleware',
    kind: SpanKind.INTERNAL,
    attributes: { 'h3.type': 'middleware', 'http.route': undefined },
  });
  assert.equal(describe('route')?.name, 'request handler');
});

test('the first route of a request is left for its server span', () => {
  const metadata: RPCMetadata = { type: RPCType.HTTP, span: trace.getTracer('test').startSpan('server') };
  context.with(setRPCMetadata(ROOT_CONTEXT, metadata), () => {
    describe('middleware');
    assert.equal(metadata.route, undefined);
    describe('middleware', '/outer/**');
    describe('route', '/inner');
  });
  assert.equal(metadata.route, '/outer/**');
});
