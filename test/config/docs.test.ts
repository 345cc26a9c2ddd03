import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderConfiguration } from '../../scripts/generate-docs.ts';
import { optionRows } from '../../src/config/options.ts';
import { checkout } from '../support/run.ts';

test('docs/configuration.md is what the table says; npm run generate writes it', () => {
  assert.equal(readFileSync(join(checkout, 'docs/configuration.md'), 'utf8'), renderConfiguration());
});

test('each option is in it, in 1 line of 5 cells', () => {
  const lines = renderConfiguration().split('\n');
  for (const [name, row] of optionRows) {
    const found = lines.filter((line) => line.startsWith(`| \`${name}\` |`));
    assert.equal(found.length, 1, name);
    assert.equal(found[0]?.split(/(?<!\\)\|/).length, 7, name);
    for (const variable of row.env) assert.ok(found[0]?.includes(`\`${variable}\``), variable);
  }
});
