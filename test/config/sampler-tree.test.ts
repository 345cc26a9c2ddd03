import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplerTree } from '../../src/config/sampler-tree.ts';

test('a tree is written as JSON and read back', () => {
  const tree = { kind: 'composite', sampler: { kind: 'probability', ratio: 0.5 } } as const;
  assert.deepEqual(samplerTree.parse(samplerTree.format(tree)), { value: tree });
});

test('what is no JSON is no tree', () => {
  for (const raw of ['{', '', ['a']]) assert.equal(samplerTree.parse(raw), undefined);
});
