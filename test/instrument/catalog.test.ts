import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateCatalog } from '../../scripts/generate-catalog.ts';
import { catalog } from '../../src/instrument/catalog.ts';
import { checkout, run } from '../support/run.ts';

const official = catalog.filter(({ className }) => className !== undefined);

test('the catalogue is that of the installed auto-instrumentations-node, with Fastify and h3', () => {
  const committed = readFileSync(new URL('../../src/instrument/catalog.ts', import.meta.url), 'utf8');
  assert.equal(committed, generateCatalog(), 'run `npm run generate`');
  assert.deepEqual(
    catalog.filter((row) => !official.includes(row)).map(({ name }) => name),
    ['fastify', 'h3'],
  );
});

test('every instrumentation of auto-instrumentations-node has a row, and its part in dist constructs it', async () => {
  // In a process of its own: the parts put their hooks in.
  const source = `
    const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');
    const theirs = getNodeAutoInstrumentations().map(({ instrumentationName }) => instrumentationName);
    const ours = ${JSON.stringify(official.map(({ name }) => name))}.map((name) => {
      const { Instrumentation } = require('./dist/instrumentation-' + name + '.js');
      return new Instrumentation({ enabled: false }).instrumentationName;
    });
    console.log(JSON.stringify({ theirs, ours }));`;
  const { stdout, stderr, code } = await run({
    node: process.execPath,
    args: ['-e', source],
    cwd: checkout,
    env: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: official.map(({ name }) => name).join() },
  });
  assert.equal(code, 0, stderr);
  const { theirs, ours } = JSON.parse(stdout) as { theirs: string[]; ours: string[] };
  assert.deepEqual(
    ours,
    official.map(({ name }) => `@opentelemetry/instrumentation-${name}`),
  );
  assert.deepEqual(
    theirs.filter((name) => !ours.includes(name)),
    [],
  );
  assert.ok(theirs.length > 30);
});

test('a row names what wakes it, once, and only what would bury the trace is off by default', () => {
  const targets = catalog.flatMap(({ wokenBy }) => (Array.isArray(wokenBy) ? (wokenBy as string[]) : []));
  assert.equal(new Set(targets).size, targets.length);
  for (const target of targets) assert.match(target, /^(?!node:|\.)/);
  assert.deepEqual(
    catalog.filter(({ byDefault }) => !byDefault).map(({ name }) => name),
    ['dns', 'fs', 'host-metrics', 'net'],
  );
  for (const { name, publishes } of catalog) {
    if (publishes === undefined) continue;
    assert.match(publishes.from, /^\d+\.\d+\.\d+$/, name);
    for (const channel of publishes.channels) assert.match(channel, /^tracing:.+:start$/);
  }
  for (const { name } of official) assert.ok(existsSync(join(checkout, `dist/instrumentation-${name}.js`)), name);
});
