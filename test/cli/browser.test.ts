import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { hasBrowser } from '../../src/cli/browser.ts';
import { tempDir } from '../support/app.ts';
import { run } from '../support/run.ts';

test('a browser is opened where somebody sits before a screen', () => {
  const desktop = { DISPLAY: ':0' };
  assert.equal(hasBrowser(true, desktop, 'linux'), true);
  assert.equal(hasBrowser(true, { WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), true);
  assert.equal(hasBrowser(true, {}, 'darwin'), true);
  for (const [isTerminal, env] of [
    [false, desktop],
    [true, {}],
    [true, { ...desktop, CI: 'true' }],
    [true, { ...desktop, SSH_CONNECTION: '10.0.0.1 50000 10.0.0.2 22' }],
  ] as const) {
    assert.equal(hasBrowser(isTerminal, env, 'linux'), false, JSON.stringify(env));
  }
});

test('xdg-open gets the address and outlives us; where there is none, nothing happens', async (t) => {
  const source = `import { openInBrowser } from ${JSON.stringify(new URL('../../src/cli/browser.ts', import.meta.url).href)};
    openInBrowser('http://127.0.0.1:1/');`;
  const args = ['--input-type=module', '-e', source];
  const dir = tempDir(t);
  const opener = join(dir, 'xdg-open');
  writeFileSync(opener, `#!/bin/sh\necho "$@" > ${dir}/new; mv ${dir}/new ${dir}/opened\n`);
  chmodSync(opener, 0o755);
  for (const PATH of [`${dir}:${process.env['PATH']}`, tempDir(t)]) {
    const { code, stdout, stderr } = await run({ node: process.execPath, args, env: { PATH } });
    assert.deepEqual([code, stdout, stderr], [0, '', '']);
  }
  while (!existsSync(join(dir, 'opened'))) await pause(20);
  assert.equal(readFileSync(join(dir, 'opened'), 'utf8'), 'http://127.0.0.1:1/\n');
});
