import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCommandFlag, checkFlag } from '../../../src/cli/doctor/check-flag.ts';
import type { ProbeReport } from '../../../src/cli/doctor/probe-report.ts';
import { app, tempDir } from '../../support/app.ts';
import { preload } from '../../support/run.ts';

test('without a command: named in NODE_OPTIONS, to be had from here, or neither', (t) => {
  const said = (cwd: string, nodeOptions: string): string => {
    const { status, reason, fix = '' } = checkFlag({ cwd, nodeOptions, register: preload });
    return `${status} ${reason}; ${fix}`;
  };
  const bare = tempDir(t);
  for (const flag of ['--import otel-preload/register', `--require ${preload}`]) {
    assert.match(said(bare, flag), /^ok NODE_OPTIONS has it: /);
  }
  assert.match(
    said(app(t, {}), '-r ts-node/register'),
    /^ok --import otel-preload\/register leads to .*register\.js; NODE_OPTIONS does not have it/,
  );
  assert.match(
    said(bare, ''),
    /^warn --import otel-preload\/register leads nowhere in .*; npm install otel-preload, or give the path: --import \//,
  );
});

const report: ProbeReport = {
  kind: 'program',
  node: '24.21.0',
  entry: '/srv/app.js',
  cwd: '/srv',
  flags: [],
  env: {},
  preload: '/srv/node_modules/otel-preload/dist/register.js',
  before: [],
  code: 0,
};

test('with a command: what its start has come to', () => {
  const said = (changes: Partial<ProbeReport> | undefined, stderr = '', code?: number): string => {
    const probed = { report: changes && { ...report, ...changes }, stderr, code };
    const { status, reason, fix = '' } = checkCommandFlag(probed, ['node', 'app.js']);
    return `${status} ${reason}; ${fix}`;
  };
  assert.match(said({}), /^ok Node\.js 24\.21\.0 loads \/srv\/.*register\.js before \/srv\/app\.js; $/);
  assert.match(said({ preload: null }), /^fail node app\.js starts \/srv\/app\.js without the preload/);
  assert.match(said({ preload: null, kind: 'tool' }), /^fail node app\.js starts \/srv\/app\.js without the preload/);
  assert.match(said({ kind: 'late' }), /^warn \/srv\/app\.js loads .* itself, after what stands before it/);
  assert.match(said({ kind: 'unfinished', code: 78 }), /^fail TRACING_STRICT ends the process/);
  const missing =
    "node:internal/x\n    throw e;\nError [ERR_MODULE_NOT_FOUND]: Cannot find package 'otel-preload'\n    at y\n";
  assert.match(
    said({ kind: 'unfinished', code: 1 }, missing),
    /runs: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package 'otel-preload'; npm install otel-preload where/,
  );
  assert.match(
    said(undefined, 'oh no\n', 3),
    /^fail no Node\.js under node app\.js .*; it says oh no; where a script sets NODE_OPTIONS/,
  );
  assert.match(said(undefined, 'spawn x ENOENT', 127), /^fail node app\.js cannot be started: spawn x ENOENT/);
});

test('secrets of the command line and of what it says are masked', () => {
  const probed = { report: undefined, stderr: 'Error: no login with https://u:Hunter2@db/\n', code: 1 };
  const { reason } = checkCommandFlag(probed, ['app', '--password', 'Hunter2', '--token=Hunter2']);
  assert.match(reason, /^no Node\.js under app --password .*; it says Error: no login with https:/);
  assert.doesNotMatch(reason, /Hunter2/);
});
