import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { run, testNode, type Ended } from '../support/run.ts';

const source = new URL('../../src/cli/started-command.ts', import.meta.url).href;

/** Starts the command in a process of its own, whose code is that of the command. */
function started(command: readonly string[], more = '', cwd?: string): Promise<Ended> {
  const program = `
    import { startCommand } from ${JSON.stringify(source)};
    const started = startCommand(${JSON.stringify(command)}, { ...process.env, GIVEN: 'yes' });
    ${more}
    const { code, signal } = await started.ended;
    process.stdout.write(' ' + signal);
    process.exitCode = code;`;
  // the sources are TypeScript, which the runner's own Node.js reads
  return run({
    node: process.execPath,
    args: ['--input-type=module', '-e', program],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

test('a command has our streams and the given environment, and ends with its code or signal', async () => {
  const code = await started([testNode, '-e', 'process.stdout.write(process.env.GIVEN); process.exitCode = 7']);
  assert.deepEqual([code.code, code.stdout, code.stderr], [7, 'yes undefined', '']);
  const killed = await started([testNode, '-e', 'setInterval(() => {}, 1000)'], "started.signal('SIGTERM');");
  assert.deepEqual([killed.code, killed.stdout, killed.stderr], [143, ' SIGTERM', '']);
});

test('what cannot be started is one line, and 127 or 126; a script is told how it is meant', async (t) => {
  const cwd = app(t, { 'app.js': '' });
  const cases: [program: string, code: number, line: string][] = [
    ['/no/such/program', 127, 'there is no such program'],
    ['app.js', 127, 'it is no program; is node app.js meant?'],
    [join(cwd, 'app.js'), 126, `it is no program; is node ${join(cwd, 'app.js')} meant?`],
  ];
  for (const [program, code, why] of cases) {
    const ended = await started([program], '', cwd);
    assert.deepEqual([ended.code, ended.stderr], [code, `otel-preload: cannot start ${program}: ${why}\n`]);
  }
});
