import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import type { Layer, Next, Request, Response } from '../../../src/instrument/express/express.ts';
import { Routers } from '../../../src/instrument/express/routers.ts';
import { drain, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const tracer = trace.getTracer('test');

type Handler = (request: Request, response: Response, next: Next) => unknown;

interface SetUp {
  /** As the package that routes names the method of its layers. */
  readonly method?: 'handleRequest' | 'handle_request';
  readonly tracer?: Routers['tracer'];
}

/** A router of as little as there is to one: what is added goes on to what comes after it. */
function setUp({ method = 'handleRequest', ...rest }: SetUp = {}) {
  class OwnLayer {
    declare readonly handle: Handler;
    constructor(path: unknown, handle: Handler) {
      Object.assign(this, { path, handle });
    }
    get name(): string {
      return this.handle.name;
    }
  }
  Object.defineProperty(OwnLayer.prototype, method, {
    writable: true,
    value(this: OwnLayer, request: Request, response: Response, next: Next): unknown {
      try {
        return this.handle(request, response, next);
      } catch (error) {
        return next(error);
      }
    },
  });
  class Router {
    readonly stack: Layer[] = [];
    use(...args: unknown[]): this {
      for (const handle of args) {
        if (typeof handle === 'function') this.stack.push(new OwnLayer(args[0], handle as Handler));
      }
      return this;
    }
    route(path: unknown): unknown {
      this.stack.push(new OwnLayer(path, function handle() {}));
      return path;
    }
    handle(request: Request, response: Response): unknown {
      const layers = this.stack.values();
      const next: Next = (error) => {
        const { value: layer } = layers.next();
        if (layer === undefined || error !== undefined) return error ?? 'done';
        return Reflect.get(layer, method).call(layer, request, response, next);
      };
      return next();
    }
  }
  const errors: unknown[] = [];
  const routers = new Routers((error) => errors.push(error));
  routers.tracer = 'tracer' in rest ? rest.tracer : tracer;
  routers.patch(Router.prototype);
  routers.patch(Router.prototype);
  return { router: new Router(), errors };
}

/** Handles a request within a server's span. */
function serve(router: { handle(request: Request, response: Response): unknown }, originalUrl = '/') {
  const span = tracer.startSpan('server');
  const metadata: RPCMetadata = { type: RPCType.HTTP, span };
  const request: Request = { originalUrl };
  const within = setRPCMetadata(trace.setSpan(ROOT_CONTEXT, span), metadata);
  const response: Response = new EventEmitter();
  const result = context.with(within, () => router.handle(request, response));
  response.emit('close');
  const layers = drain(ended).map(({ name, parentSpanContext, attributes }) => {
    assert.equal(parentSpanContext?.spanId, span.spanContext().spanId);
    return [name, attributes['http.route']];
  });
  return { result, layers, route: metadata.route };
}

for (const method of ['handleRequest', 'handle_request'] as const) {
  test(`each layer has a span below the server's, whose route is set, by ${method}`, () => {
    const { router, errors } = setUp({ method });
    const auth: Handler = (_request, _response, next) => next();
    assert.equal(router.use('/users', auth), router);
    assert.equal(router.route('/:id'), '/:id');
    assert.equal(router.stack[0]?.handle, auth, 'the function is the one of the app');
    const { layers, route } = serve(router, '/users/1');
    assert.deepEqual(layers, [
      ['middleware - auth', '/users'],
      ['request handler - /:id', '/:id'],
    ]);
    assert.deepEqual([route, errors], ['/:id', []]);
  });
}

test('the result of a layer is given back, and what it throws is handed on with its span', () => {
  const { router } = setUp();
  router.use('/', () => 'result');
  assert.equal(serve(router).result, 'result');
  const failing = setUp().router;
  const error = new Error('thrown');
  failing.use('/', function throws() {
    throw error;
  });
  const { result, layers } = serve(failing);
  assert.deepEqual([result, layers], [error, [['middleware - throws', '/']]]);
});

test('of 2 functions that are added at once the last has a span', () => {
  const { router } = setUp();
  router.use(
    function first(_request: Request, _response: Response, next: Next) {
      return next();
    },
    function second(_request: Request, _response: Response, next: Next) {
      return next();
    },
  );
  assert.deepEqual(serve(router).layers, [['middleware - second', undefined]]);
});

test('a function with 4 parameters handles errors and has no span', () => {
  const { router, errors } = setUp();
  router.use('/', (_error: unknown, _request: unknown, _response: unknown, _next: unknown) => 'called');
  assert.deepEqual([serve(router).layers, errors], [[], []]);
});

test('without a span around it there is none, and the route is set all the same', () => {
  const { router } = setUp();
  let active;
  router.use('/a', (_request: Request, _response: Response, next: Next) => {
    active = context.active();
    return next();
  });
  const metadata = { type: RPCType.HTTP } as RPCMetadata;
  const outside = setRPCMetadata(ROOT_CONTEXT, metadata);
  assert.equal(
    context.with(outside, () => router.handle({ originalUrl: '/a' }, new EventEmitter())),
    'done',
  );
  assert.deepEqual([active, metadata.route, ended.length], [outside, '/a', 0]);
});

test('before there is a tracer, layers are called as they are', () => {
  const { router } = setUp({ tracer: undefined });
  router.use('/a', (_request: Request, _response: Response, next: Next) => next());
  assert.deepEqual(serve(router).layers, []);
});

test('a layer that cannot be traced is called, and what went wrong is told', () => {
  const { router, errors } = setUp();
  router.use('/a', function works() {
    return 'works';
  });
  const { result, layers } = serve(router, 1 as never);
  assert.deepEqual([result, layers, errors.length], ['works', [], 1]);
  assert.match(String(errors[0]), /startsWith/);
  assert.equal(router.route.call({ stack: { push() {}, at: () => null } } as never, '/b'), '/b');
  assert.equal(errors.length, 2);
});
