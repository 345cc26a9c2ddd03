import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  expressDifferences,
  grpcDifferences,
  httpDifferences,
  mysql2Differences,
  redisDifferences,
  renderDifferences,
} from '../../scripts/differences.ts';
import { checkout } from '../support/run.ts';

test('docs/differences.md is what the list says; npm run generate writes it', () => {
  assert.equal(readFileSync(join(checkout, 'docs/differences.md'), 'utf8'), renderDifferences());
});

test('each difference has a reason, and a case that belongs to no other', () => {
  for (const differences of [
    httpDifferences,
    grpcDifferences,
    expressDifferences,
    redisDifferences,
    mysql2Differences,
  ]) {
    const cases = differences.flatMap((one) => one.cases);
    assert.equal(new Set(cases).size, cases.length);
    for (const { what, why, cases, lines } of differences) {
      assert.ok(cases.length > 0 && lines.length > 0, what);
      for (const text of [what, why]) assert.match(text, /\.$/);
    }
  }
});
