import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RoutePath } from '../../../src/instrument/express/route-path.ts';
import { official, officialRequest } from './official.ts';

const through = (paths: readonly string[]): RoutePath =>
  paths.reduce<RoutePath>((path, one) => path.through(one), RoutePath.start);

for (const [paths, url, text, route] of [
  [[], '/', '', undefined],
  [['/'], '/', '/'.slice(1), '/'],
  [['/', '/'], '/x', '', undefined],
  [['/', '/users', '/:id'], '/users/1', '/users/:id', '/users/:id'],
  [['/users', '/'], '/users?a=1', '/users', '/users'],
  [['/users'], '/other', '/users', undefined],
  [['/a/', '/b'], '/a/b', '/a/b', '/a/b'],
  [['/', '*'], '/x', '*', '*'],
  [['/*'], '/x', '', '/'],
  [['/{*rest}'], '/x', '', '/'],
  [['/a,/b', '/x'], '/b/x', '/a,/b/x', '/a,/b/x'],
  [['/^\\/re/'], '/re', '/^\\/re/', '/^\\/re/'],
  [['a'], '/ab', 'a', '/a'],
] as const) {
  test(`through ${paths.join(' then ') || 'no layer'}, the route of ${url} is ${route}`, () => {
    const path = through(paths);
    assert.equal(path.text, text);
    assert.equal(path.match(url), route);
  });
}

test('one layer back is the path before, and before the first there is none', () => {
  const users = RoutePath.start.through('/users');
  assert.equal(users.through('/:id').before, users);
  assert.equal(users.before, RoutePath.start);
  assert.equal(RoutePath.start.before, RoutePath.start);
});

test('2000 random ways have the route that the official instrumentation makes', () => {
  const piece = fc.constantFrom(
    '/',
    '/*',
    '*',
    '/{*rest}',
    '/{*}',
    '/*rest',
    '/a',
    '/a/',
    '/b',
    '/:id',
    'c',
    '/d[e]',
    '/f,/g',
    '/\\d+/',
    '',
  );
  const url = fc.constantFrom('/', '/a', '/a/b', '/a/1', '/b?x=1', '/c', '*', '/f/x', '/other');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), url, (paths, originalUrl) => {
      const request = officialRequest(paths, originalUrl);
      const path = through(paths);
      assert.deepEqual(
        [path.text, path.match(originalUrl)],
        [official.getConstructedRoute(request), official.getActualMatchedRoute(request)],
      );
    }),
    { numRuns: 2000 },
  );
});
