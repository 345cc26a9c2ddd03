import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toAttributes } from '../../../src/core/attribute-list.ts';
import type { Layer } from '../../../src/instrument/express/express.ts';
import { RoutePath } from '../../../src/instrument/express/route-path.ts';
import { TracedLayer } from '../../../src/instrument/express/traced-layer.ts';
import { official } from './official.ts';

type Traced = Layer & TracedLayer;

function traced(layer: Partial<Layer>, mountPath?: string): Traced {
  const made: Layer = { name: 'named', handle: () => {}, ...layer };
  TracedLayer.trace(made, mountPath);
  assert.ok(TracedLayer.has(made));
  return made;
}

/** A router's own function, with what it goes through. */
const routerOf = (...stack: Layer[]): Layer['handle'] => Object.assign(() => {}, { stack });
const routeOf = (path: string | RegExp | string[]): Layer => ({ name: 'handle', route: { path }, handle: () => {} });
const layerOf = (handle: Layer['handle']): Layer => ({ name: 'router', handle });

const under = RoutePath.start.through('/users');

for (const [what, layer, mountPath, path] of [
  ['a middleware', { name: 'auth' }, '/', RoutePath.start.through('/')],
  ['a route of Express 4', { name: 'bound dispatch', path: '/1' }, '/:id', under.through('/:id')],
  ['a route of Express 5', { name: 'handle', path: '/1' }, '/:id', under.through('/:id')],
  ['a route of router 2.3', { name: 'handle' }, '/:id', under.through('/:id')],
  ['a route at the root', { name: 'handle', path: '/' }, '/', RoutePath.start.through('/')],
  ['a middleware that is called like a route', { name: 'handle' }, undefined, under],
  ['such a one without anything', { name: 'handle', path: '/x' }, undefined, RoutePath.start],
  ['a router', { name: 'router', handle: routerOf(routeOf('/:id')) }, '/users', under],
  ['a router with a list of paths', { name: 'router', handle: routerOf(routeOf(['/a', '/b'])) }, '/users', under],
  ['a router with an expression', { name: 'router', handle: routerOf(routeOf(/a/)) }, '/users', under],
  ['a router in a router', { name: 'router', handle: routerOf(layerOf(routerOf(routeOf('/in')))) }, '/users', under],
  ['a router with a middleware first', { name: 'router', handle: routerOf(layerOf(() => {})) }, '/users', under],
  ['an empty router', { name: 'router', handle: routerOf() }, undefined, under],
  ['a router at no path', { name: 'router', handle: routerOf() }, undefined, RoutePath.start],
  ['a function named router', { name: 'router' }, '/r', RoutePath.start.through('/r')],
] as [string, Partial<Layer>, string | undefined, RoutePath][]) {
  test(`${what} has the name and attributes that the official instrumentation gives it`, () => {
    const one = traced(layer, mountPath);
    const span = TracedLayer.describe(one, path, '/the/route');
    const { name, attributes } = official.getLayerMetadata(path.text, one, mountPath);
    const expected = { 'http.route': '/the/route', ...attributes };
    assert.deepEqual([span.name, span.options.attributes], [name, expected]);
    assert.deepEqual(toAttributes(span.options.attributeList), expected);
    assert.notEqual(span.options.attributeList, span.options.attributeList);
    assert.equal(span.isRouter, layer.name === 'router');
  });
}

test('without a route there is no http.route', () => {
  const { options } = TracedLayer.describe(traced({}), RoutePath.start, undefined);
  assert.deepEqual(options.attributes, { 'express.name': 'named', 'express.type': 'middleware' });
});

test('what is said is made once, and again when anything in it is another', () => {
  const layer: Traced & { path?: string } = traced({ name: 'handle' }, '/:id');
  const path = TracedLayer.enter(layer, under);
  const first = TracedLayer.describe(layer, path, '/users/:id');
  assert.equal(TracedLayer.describe(layer, path, '/users/:id'), first);
  assert.notEqual(TracedLayer.describe(layer, path, undefined), first);
  layer.path = '/1';
  assert.equal(TracedLayer.describe(layer, path, '/users/:id').name, 'request handler - /users/:id');
  const elsewhere = TracedLayer.enter(layer, RoutePath.start.through('/v2'));
  assert.equal(TracedLayer.describe(layer, elsewhere, '/v2/:id').name, 'request handler - /v2/:id');
});

test("a router's name follows what is added to it later", () => {
  const stack: Layer[] = [];
  const router = traced({ name: 'router', handle: Object.assign(() => {}, { stack }) }, '/users');
  const name = (): string => TracedLayer.describe(router, under, undefined).name;
  assert.equal(name(), 'router - /users');
  stack.push(routeOf('/first'));
  assert.equal(name(), 'router - /first');
});

test('the way through a layer is the same object for the same way before, and no other where it has no path', () => {
  const layer = traced({}, '/:id');
  const path = TracedLayer.enter(layer, under);
  assert.equal(path.text, '/users/:id');
  assert.equal(TracedLayer.enter(layer, under), path);
  assert.equal(TracedLayer.enter(layer, RoutePath.start).text, '/:id');
  assert.equal(TracedLayer.enter(traced({}), under), under);
});

test('the first path counts, nothing of it is seen, and another layer is not traced', () => {
  const layer = traced({}, '/first');
  TracedLayer.trace(layer, '/second');
  assert.equal(TracedLayer.enter(layer, RoutePath.start).text, '/first');
  assert.deepEqual(Reflect.ownKeys(layer), ['name', 'handle']);
  assert.equal(TracedLayer.has({ name: 'other', handle: () => {} }), false);
});
