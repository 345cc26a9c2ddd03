import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import { carry } from '../../src/instrument/carried.ts';
import type { Exchange } from '../../src/instrument/exchange.ts';
import { noteRoute } from '../../src/instrument/note-route.ts';
import { recordSpans } from '../span/recorded-spans.ts';

recordSpans();
const span = trace.getTracer('test').startSpan('server');

/** What the server span of a request is left by the routes that are noted in its context. */
function routeOf(metadata: RPCMetadata, raw: object, ...routes: (string | undefined)[]): string | undefined {
  const inside = setRPCMetadata(ROOT_CONTEXT, metadata);
  for (const route of routes) context.with(inside, noteRoute, undefined, raw, route);
  return metadata.route;
}

test('the route is left where the server span looks for it, and nothing where there is none', () => {
  assert.equal(routeOf({ type: RPCType.HTTP, span }, {}, '/users/:id'), '/users/:id');
  assert.equal(routeOf({ type: RPCType.HTTP, span }, {}, undefined), undefined);
  assert.equal(routeOf({ type: 'other' as never, span }, {}, '/users/:id'), undefined);
  noteRoute({}, '/nowhere');
});

test('a request that is made up within another leaves the route of the other', () => {
  assert.equal(routeOf({ type: RPCType.HTTP, span, route: '/outer' }, {}, '/inner'), '/outer');
});

test('of the request itself, the last that is noted holds', () => {
  class ServerSide implements RPCMetadata, Exchange {
    readonly type = RPCType.HTTP;
    readonly span: Span = span;
    readonly context = ROOT_CONTEXT;
    note(): void {}
  }
  const exchange = new ServerSide();
  const raw = {};
  carry(raw, exchange);
  assert.equal(routeOf(exchange, raw, '/', '/users/:id', undefined), '/users/:id');
});
