import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { createLog } from '../../../src/core/log.ts';
import { ExpressInstrumentation, SCOPE } from '../../../src/instrument/express/express-instrumentation.ts';
import { hub, type Watcher } from '../../../src/instrument/hub.ts';
import { drain, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const require = createRequire(import.meta.url);
const lines: string[] = [];

function setUp(): { readonly watcher: Watcher; readonly instrumentation: ExpressInstrumentation } {
  hub.required.clear();
  hub.imported.clear();
  const instrumentation = new ExpressInstrumentation({
    log: createLog({ level: 'warn', write: (line) => lines.push(line) }),
  });
  const [watcher] = hub.required;
  assert.ok(watcher);
  assert.deepEqual([watcher.modules, [...hub.imported]], [['express'], [watcher]]);
  return { watcher, instrumentation };
}

/** The little of Express that is used here, which comes without types. */
interface App {
  (request: object, response: object): void;
  use(...args: unknown[]): App;
  get(path: string, handle: (request: object, response: { send(text: string): void }) => void): App;
}
type Express = (() => App) & { readonly Router: () => App };

test('an app of Express has a span for each of its 3 layers, and the package stays the object that it is', async (t) => {
  const { watcher, instrumentation } = setUp();
  const express = require('express') as Express;
  assert.equal(watcher.onLoad(express, 'express'), express);
  instrumentation.setTracerProvider(trace.getTracerProvider());
  const router = express.Router().get('/:id', (_request, response) => response.send('answer'));
  const app = express()
    .use((_request: object, _response: object, next: () => void) => next())
    .use('/users', router);

  const inSpan = trace.setSpan(ROOT_CONTEXT, trace.getTracer('test').startSpan('server'));
  const server = createServer((request, response) => context.with(inSpan, app, undefined, request, response));
  t.after(() => server.close());
  await once(server.listen(0), 'listening');
  const { port } = server.address() as AddressInfo;
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/users/1`)).text(), 'answer');
  while (ended.length < 3) await delay(1);
  assert.deepEqual(
    drain(ended).map(({ name, attributes, instrumentationScope }) => [
      name,
      attributes['http.route'],
      instrumentationScope.name,
    ]),
    [
      ['middleware - <anonymous>', undefined, SCOPE],
      ['router - /:id', '/users', SCOPE],
      ['request handler', '/users/:id', SCOPE],
    ],
  );
});

test('files of the package, and what has no routers, are left alone', () => {
  const { watcher } = setUp();
  const use = (): void => {};
  const route = (): void => {};
  const inner = { Router: { use, route } };
  assert.equal(watcher.onLoad(inner, 'express/lib/express'), inner);
  assert.deepEqual(inner.Router, { use, route });
  const third = { Router: Object.assign(() => {}, { prototype: { route } }) };
  watcher.onLoad(third, 'express');
  assert.deepEqual(third.Router.prototype, { route });
  for (const exports of [{}, { Router: undefined }]) assert.equal(watcher.onLoad(exports, 'express'), exports);
});

test('what cannot be traced is one line', () => {
  const { watcher } = setUp();
  const Router = {
    stack: [undefined, null],
    use: () => 'used',
    route: () => 'routed',
  };
  watcher.onLoad({ Router }, 'express');
  assert.deepEqual([Router.use(), Router.route()], ['used', 'routed']);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^otel-preload: tracing a layer of Express failed: TypeError: .+; it goes on untraced\n$/,
  );
});
