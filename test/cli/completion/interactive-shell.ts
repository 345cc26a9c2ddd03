import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { app } from '../../support/app.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { checkout, run } from '../../support/run.ts';
import { skipOrFail, type Skippable } from '../../support/skip-or-fail.ts';

export type ShellName = 'bash' | 'zsh' | 'fish';

const shells: Readonly<Record<ShellName, { readonly start: string; readonly prelude: string }>> = {
  bash: { start: 'bash --norc -i', prelude: `otel-preload() { printf 'GOT<%s>\\n' "$*"; }` },
  zsh: {
    start: 'zsh -f -i',
    prelude: `autoload -Uz compinit; compinit -u -D; otel-preload() { printf 'GOT<%s>\\n' "$*"; }`,
  },
  fish: {
    start: 'fish --no-config -i',
    prelude: `function otel-preload; printf 'GOT<%s>\\n' "$argv"; end`,
  },
};

/** What is typed, \t for the key, and what it must have become when Enter is pressed. */
const typed: readonly (readonly [keys: string, line: string])[] = [
  ['vi\t--ot\t7', 'view --otlp-port 7'],
  ['--ver\t', '--version'],
  ['view tra\t', 'view trace-a.json'],
  ['view --db tra\t', 'view --db trace-a.json'],
  ['run --conf\tpro\t', 'run --config prod.yaml'],
  ['run -c pro\t', 'run -c prod.yaml'],
  ['run -- my-uniq\tpro\t', 'run -- my-unique-program prod.yaml'],
  ['spool pu\t--al\t', 'spool purge --all'],
  ['spool --dir dir\t', 'spool --dir directory/'],
  ['config che\tpro\t', 'config check prod.yaml'],
  ['demo --onc\t', 'demo --once'],
];

/**
 * Types lines with Tab in a real shell at a terminal, and compares what a program of our name is then called with.
 *
 * Where the shell is not installed the test is skipped with the reason, but in CI it fails.
 */
export async function typeInto(t: Cleanup & Skippable, name: ShellName): Promise<void> {
  const { start, prelude } = shells[name];
  if (spawnSync(name, ['--version']).status !== 0) return skipOrFail(t, `${name} is not installed`);
  const script = await run({ args: [`${checkout}dist/cli.js`, 'completion', name] });
  assert.deepEqual([script.code, script.stderr], [0, '']);
  const cwd = app(t, {
    prelude: `${prelude}\n${script.stdout}`,
    'trace-a.json': '',
    'prod.yaml': '',
    'directory/file': '',
    'bin/my-unique-program': '#!/bin/sh\n',
  });
  chmodSync(join(cwd, 'bin/my-unique-program'), 0o755);
  const keys = ['source ./prelude', ...typed.map(([line]) => `otel-preload ${line}`), 'exit', ''].join('\n');
  const { stdout } = await run({
    node: 'script',
    args: ['-qec', start, '/dev/null'],
    cwd,
    env: { TERM: 'xterm', HOME: cwd, PATH: `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}` },
    input: keys,
  });
  // a directory may be completed with or without its slash, which each shell removes by its own rules
  const got = [...stdout.matchAll(/GOT<([^>\n%]*)>/g)].map(([, line = '']) => line.trim().replace(/ry$/, 'ry/'));
  assert.deepEqual(
    got,
    typed.map(([, line]) => line),
    stdout,
  );
}
