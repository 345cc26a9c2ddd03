import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matchesWildcard } from '../../src/core/wildcard.ts';

test('? is any character, * any text, and all else itself', () => {
  for (const [pattern, text, fits] of [
    ['', '', true],
    ['', 'a', false],
    ['a', 'A', false],
    ['*', '', true],
    ['process.*', 'process.pid', true],
    ['process.*', 'processes', false],
    ['/i/*/x', '/i/a/b/x', true],
    ['4??', '404', true],
    ['4??', '40', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a.c', 'abc', false],
  ] as const) {
    assert.equal(matchesWildcard(pattern, text), fits, `${pattern} ${text}`);
  }
});

test('it fits where the regular expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (wild, whole) => {
      const expression = wild.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      assert.equal(matchesWildcard(wild, whole), new RegExp(`^${expression}$`, 's').test(whole));
    }),
    { numRuns: 2000 },
  );
});

test('20 stars on 50 000 characters end', () => {
  assert.equal(matchesWildcard(`${'*a'.repeat(20)}b`, 'a'.repeat(50_000)), false);
});
