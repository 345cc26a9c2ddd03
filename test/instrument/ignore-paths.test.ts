import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignorePaths } from '../../src/instrument/ignore-paths.ts';

for (const [pattern, matching, others] of [
  [
    '/healthz',
    ['/healthz', '/healthz?full=1', '/healthz?'],
    ['/', '/healthz/', '/health', '/a/healthz', '/healthzz', '/HEALTHZ'],
  ],
  ['/ready*', ['/ready', '/readyz', '/ready/deep?x', '/ready*'], ['/read', '/a/ready', '']],
  ['*.css', ['/a.css', '/.css', '.css', '/b/a.css?v=1'], ['/a.css/', '/acss']],
  ['/a/*/c', ['/a//c', '/a/b/c', '/a/b/b/c'], ['/a/c', '/a/b/c/d', '/a/b']],
  ['/a*a', ['/aa', '/aba'], ['/a', '/ab']],
  ['/*x*y*', ['/xy', '/1x2y3'], ['/yx', '/x']],
  ['*', ['/', '', '/a?b'], []],
  ['/a.b', ['/a.b'], ['/axb']],
  [
    '/grpc.health.v1.*',
    ['/grpc.health.v1.Health/Check', '/grpc.health.v1.Health/Watch'],
    ['/grpc.health.v2.Health/Check'],
  ],
] as const) {
  test(`${pattern} is ${matching[0]}, and ${matching.length - 1} more of them`, () => {
    const ignores = ignorePaths([pattern]);
    assert.ok(ignores);
    for (const path of matching) assert.equal(ignores(path), true, path);
    for (const path of others) assert.equal(ignores(path), false, path);
  });
}

test('one of many patterns is enough; 0 patterns are nothing to ask', () => {
  const ignores = ignorePaths(['/a', '/b*', '/c']);
  assert.deepEqual(
    ['/a', '/bb', '/c', '/d'].map((path) => ignores?.(path)),
    [true, true, true, false],
  );
  assert.equal(ignorePaths([]), undefined);
});

test('a path of 1 MB against 20 stars takes no time to speak of', () => {
  const ignores = ignorePaths([`/${'*a'.repeat(20)}*b`]);
  const startMs = performance.now();
  assert.equal(ignores?.(`/${'a'.repeat(2 ** 20)}`), false);
  // by backtracking it would be hours
  assert.ok(performance.now() - startMs < 5000);
});
