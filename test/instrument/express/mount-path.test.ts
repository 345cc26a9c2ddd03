import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountPath } from '../../../src/instrument/express/mount-path.ts';
import { official } from './official.ts';

const handler = (): void => {};

for (const [what, argument, path] of [
  ['a path', '/a', '/a'],
  ['an empty path', '', ''],
  ['a regular expression', /^\/a(b)/i, '/^\\/a(b)/i'],
  ['a number', 4, '4'],
  ['a list', ['/a', /b/, '/:c'], '/a,/b/,/:c'],
  ['a list with what is no path', ['/a', handler], '/a,'],
  ['an empty list', [], ''],
  ['a function', handler, undefined],
  ['nothing', undefined, undefined],
] as const) {
  test(`${what} stands in routes as ${path}, as with the official instrumentation`, () => {
    assert.equal(mountPath(argument), path);
    assert.equal(official.getLayerPath([argument]), path);
  });
}
