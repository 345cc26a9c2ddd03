import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { probeCommand } from '../../../src/cli/doctor/probe-command.ts';
import { app, tempDir } from '../../support/app.ts';
import { checkout, testNode } from '../../support/run.ts';

const probe = `${checkout}dist/doctor-probe.js`;
const { PATH } = process.env;

function look(t: TestContext, command: readonly string[], more: { env?: NodeJS.ProcessEnv; timeoutMs?: number } = {}) {
  const cwd = app(t, {
    'app.js': 'setInterval(() => {}, 1000);',
    'package.json': { name: 'shop', scripts: { start: 'node --import otel-preload/register app.js' } },
    'node_modules/tool/cli.js':
      "require('child_process').spawnSync(process.execPath, ['app.js'], { stdio: 'inherit' });",
    'node_modules/waits/cli.js': 'setInterval(() => {}, 1000);',
  });
  return probeCommand(command, { probe, cwd, timeoutMs: more.timeoutMs ?? 15_000, env: { PATH, ...more.env } });
}

test('the environment and the flags are those of the command, without the probe', async (t) => {
  const env = { NODE_OPTIONS: '--no-warnings', OTEL_SERVICE_NAME: 'shop' };
  const { report } = await look(t, ['env', 'TRACING_NAMESPACE=dev', testNode, '--no-deprecation', 'app.js'], { env });
  const { NODE_OPTIONS, OTEL_PRELOAD_PROBE, OTEL_SERVICE_NAME, TRACING_NAMESPACE } = report?.env ?? {};
  assert.deepEqual(
    [NODE_OPTIONS, OTEL_PRELOAD_PROBE, OTEL_SERVICE_NAME, TRACING_NAMESPACE],
    ['--no-warnings', undefined, 'shop', 'dev'],
  );
  assert.deepEqual(report?.flags, ['--no-deprecation', '--no-warnings']);
});

test('npm start is looked through, to the program that it starts', async (t) => {
  const { report } = await look(t, ['npm', 'start']);
  assert.deepEqual([report?.kind, report?.preload], ['program', `${checkout}dist/register.js`]);
  assert.match(report?.entry ?? '', /\/app\.js$/);
});

test('what a tool starts goes before the tool; a tool that starts nothing is ended, and is all there is', async (t) => {
  const started = await look(t, [testNode, 'node_modules/tool/cli.js']);
  assert.match(started.report?.entry ?? '', /\/app\.js$/);
  const waiting = await look(t, [testNode, 'node_modules/waits/cli.js'], { timeoutMs: 1500 });
  assert.equal(waiting.report, undefined);
});

test('a command that cannot be started, or that starts no Node.js, has no report, and nothing is left behind', async (t) => {
  const before = process.env['TMPDIR'];
  const directory = tempDir(t);
  process.env['TMPDIR'] = directory;
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  const missing = await look(t, ['/no/such/program']);
  assert.deepEqual([missing.report, missing.code, missing.stderr], [undefined, 127, 'spawn /no/such/program ENOENT']);
  const other = await look(t, ['sh', '-c', 'echo why >&2; exit 3']);
  assert.deepEqual([other.report, other.code, other.stderr], [undefined, 3, 'why\n']);
  // but for the app, which is there until the end of the test
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.includes('probe')),
    [],
  );
});
