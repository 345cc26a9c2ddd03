import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPreload } from '../../src/cli/node-options.ts';
import { run } from '../support/run.ts';
import { installEntrypoint } from '../docker/installed-entrypoint.ts';

test('the preload comes before the user’s own options, and once', () => {
  assert.equal(withPreload('', '/opt/register'), '--require /opt/register');
  assert.equal(withPreload('--title=mine', '/opt/register'), '--require /opt/register --title=mine');
  for (const own of [
    '--require /opt/register',
    '--import otel-preload/register',
    '--require /opt/otel-preload/dist/register.js',
  ]) {
    assert.equal(withPreload(own, '/opt/register'), own);
  }
});

test('for any path and any options it is what docker/entrypoint makes', async (t) => {
  for (const folder of ['plain', 'with space', 'a "quoted" \\ path', 'otel-preload']) {
    const { file, register } = installEntrypoint(t, folder);
    for (const own of ['', '--no-warnings --title=mine', `--require ${register}`, '--import otel-preload/register']) {
      const { stdout } = await run({
        node: 'sh',
        args: [file, 'printenv', 'NODE_OPTIONS'],
        ...(own === '' ? {} : { env: { NODE_OPTIONS: own } }),
      });
      assert.equal(`${withPreload(own, register)}\n`, stdout, `${folder}: ${own}`);
    }
  }
});
