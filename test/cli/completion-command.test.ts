import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkout, run } from '../support/run.ts';

const cli = (...args: string[]) => run({ args: [`${checkout}dist/cli.js`, ...args] });

test('each script names every command and every option that the help names', async () => {
  const overview = await cli('--help');
  const commands = [...overview.stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name = '']) => name);
  assert.ok(commands.length >= 6, overview.stdout);
  const helps = await Promise.all(commands.map((name) => cli(name, '--help')));
  const options = helps.flatMap(({ code, stderr, stdout }) => {
    assert.deepEqual([code, stderr], [0, '']);
    return [...stdout.matchAll(/^ {2}.{4}--([a-z-]+)/gm)].map(([, name = '']) => name);
  });
  assert.ok(options.length > 20, String(options));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await cli('completion', shell);
    assert.equal(code, 0);
    for (const name of [...commands, ...options]) assert.match(stdout, new RegExp(`[ ',-]${name}[ ':|)\\n]`), shell);
  }
});

test('another shell, or none, is one line and code 64', async () => {
  for (const args of [[], ['tcsh'], ['constructor'], ['bash', 'zsh']]) {
    const { code, stdout, stderr } = await cli('completion', ...args);
    assert.deepEqual([code, stdout], [64, '']);
    assert.match(stderr, /^otel-preload: completion for bash, zsh, fish: one of them; .*\n$/);
  }
});
