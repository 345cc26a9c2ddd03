import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkEarly } from '../../../src/cli/doctor/check-early.ts';
import { app } from '../../support/app.ts';

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
  ]);
  assert.match(line ?? '', /^warn modules\.early: express, pg: loaded before the preload/);
  assert.deepEqual(more, []);
  assert.match(said(['/app/express/index.js'])[0] ?? '', /^ok modules\.early/);
});

test('a copy of a library that publishes what it does may be early, an older one may not', () => {
  const before = (version: string): string[] => {
    const manifest = 'node_modules/@redis/client/package.json';
    return [join(app({ after }, { [manifest]: { version } }), 'node_modules/@redis/client/dist/index.js')];
  };
  assert.match(said(before('6.3.1'))[0] ?? '', /^ok modules\.early/);
  assert.match(said(before('5.11.0'))[0] ?? '', /^warn modules\.early: @redis\/client: loaded/);
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
