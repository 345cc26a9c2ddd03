import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkout, run } from '../support/run.ts';

const cli = (...args: string[]) => run({ args: [`${checkout}dist/cli.js`, ...args] });

test('what there is, what one command takes, and the version', async () => {
  const overview = await cli('--help');
  assert.equal(overview.code, 0);
  assert.match(
    overview.stdout,
    /^Usage: otel-preload COMMAND \[options\]\n\n {2}run +starts .*\n {2}view +shows traces/,
  );
  const help = await cli('view', '--help');
  assert.deepEqual([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /Usage: otel-preload view \[options\]\n.*FILE…\n.*-- node app\.js\n/);
  const { version } = JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')) as { version: string };
  assert.equal((await cli('--version')).stdout, `${version}\n`);
});

test('a command line that makes no sense is one line and code 64', async () => {
  for (const [args, line] of [
    [['veiw'], 'otel-preload: there is no command veiw; otel-preload --help tells what there is\n'],
    [['constructor'], 'otel-preload: there is no command constructor; otel-preload --help tells what there is\n'],
    [['view', '--prot'], "otel-preload: Unknown option '--prot'; otel-preload view --help tells what there is\n"],
    [
      ['view', '--port', 'x'],
      'otel-preload: --port is a whole number from 0, got "x"; otel-preload view --help tells what there is\n',
    ],
  ] as const) {
    const { code, stdout, stderr } = await cli(...args);
    assert.deepEqual([code, stdout, stderr], [64, '', line]);
  }
  const nothing = await cli();
  assert.equal(nothing.code, 64);
  assert.match(nothing.stdout, /^Usage/);
});
