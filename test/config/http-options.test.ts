import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpOptions } from '../../src/config/http-options.ts';

test('paths are a list; what is no path is left out', () => {
  const { type } = httpOptions.ignorePaths;
  assert.deepEqual(type.parse('/healthz, /ready*,'), { value: ['/healthz', '/ready*'] });
  assert.deepEqual(type.parse(['/healthz', '*.css']), { value: ['/healthz', '*.css'] });
  assert.deepEqual(type.parse('/a,b,/c?d'), { value: ['/a'], rejected: 'b,/c?d' });
  assert.equal(type.parse('healthz'), undefined);
});

test('the instrumentation is one of two', () => {
  const { type } = httpOptions.httpInstrumentation;
  assert.deepEqual(
    ['Native', 'official', 'other'].map((text) => type.parse(text)?.value),
    ['native', 'official', undefined],
  );
});

test('headers and methods are names as HTTP has them', () => {
  const { type } = httpOptions.httpServerRequestHeaders;
  assert.deepEqual(type.parse('X-One,x_two, a b'), { value: ['X-One', 'x_two'], rejected: 'a b' });
  assert.deepEqual(httpOptions.httpKnownMethods.type.parse('GET,M-SEARCH')?.value, ['GET', 'M-SEARCH']);
});
