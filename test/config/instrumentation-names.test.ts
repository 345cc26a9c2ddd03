import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generateNames } from '../../scripts/generate-catalog.ts';

test('the names are those of the installed auto-instrumentations-node, with Fastify and h3', () => {
  const committed = readFileSync(new URL('../../src/config/instrumentation-names.ts', import.meta.url), 'utf8');
  assert.equal(committed, generateNames(), 'run `npm run generate`');
});
