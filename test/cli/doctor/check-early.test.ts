import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEarly } from '../../../src/cli/doctor/check-early.ts';

const preload = '/app/node_modules/otel-preload/dist/register.js';
const said = (before: readonly string[]): string[] =>
  checkEarly({ before, preload }).map(({ check, status, reason }) => `${status} ${check}: ${reason}`);

test('targets of the catalogue are named, each once, and other modules are not', () => {
  const [line, ...more] = said([
    '/app/setup.js',
    '/app/node_modules/express/index.js',
    '/app/node_modules/express/lib/express.js',
    '/app/node_modules/express/node_modules/debug/index.js',
    '/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/index.js',
    '/app/node_modules/@redis/client/dist/index.js',
  ]);
  assert.match(line ?? '', /^warn modules\.early: express, pg, @redis\/client: loaded before the preload/);
  assert.deepEqual(more, []);
  assert.match(said(['/app/express/index.js'])[0] ?? '', /^ok modules\.early/);
});

test('another tracer that is preloaded too is named', () => {
  assert.match(
    said(['/app/node_modules/dd-trace/init.js'])[1] ?? '',
    /^warn preload\.alone: dd-trace is preloaded too/,
  );
});

test('where nothing was preloaded there is nothing to say', () => {
  assert.deepEqual(checkEarly({ before: [], preload: null }), []);
});
