/** The entrypoint where it is not PID 1: beside an init, in a build, at a developer's prompt. */
import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { run, start, testNode } from '../support/run.ts';
import type { Ended, RunOptions } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { installEntrypoint } from './installed-entrypoint.ts';
import { shells, whyNot } from './shells.ts';

const nodePath = join(testNode, '..');

for (const shell of shells) {
  const lacking = whyNot(shell);
  const [file, ...shellArgs] = shell.command;
  const options = (args: readonly string[], more: Partial<RunOptions> = {}): RunOptions => ({
    node: file,
    args: [...shellArgs, ...args],
    ...more,
    env: { PATH: `${nodePath}:${process.env['PATH'] ?? ''}`, ...more.env },
  });
  const entrypoint = (args: readonly string[], more?: Partial<RunOptions>): Promise<Ended> => run(options(args, more));
  const it = (name: string, body: (t: TestContext) => Promise<void>): void => {
    test(name, (t) => (lacking === undefined ? body(t) : skipOrFail(t, lacking)));
  };

  suite(`entrypoint in ${shell.name}`, () => {
    it('puts the preload before the user’s own NODE_OPTIONS, whole though its path has a space', async (t) => {
      const installed = installEntrypoint(t);
      const print = 'process.title + process.env.NODE_OPTIONS';
      const ended = await entrypoint([installed.file, 'node', '-p', print], {
        env: { NODE_OPTIONS: '--no-warnings --title=mine' },
      });
      assert.equal(ended.stdout, `mine--require "${installed.register}" --no-warnings --title=mine\n`);
      assert.equal(ended.stderr, '');
      assert.deepEqual(installed.traced(), ['node']);
    });

    it('writes a path without spaces without quotes, and one with quotes and backslashes so that Node.js finds it', async (t) => {
      const plain = installEntrypoint(t, 'plain');
      const { stdout } = await entrypoint([plain.file, 'node', '-p', 'process.env.NODE_OPTIONS']);
      assert.equal(stdout, `--require ${plain.register}\n`);

      const odd = installEntrypoint(t, 'a "quoted" \\ path');
      const ended = await entrypoint([odd.file, 'node', '-p', '1']);
      assert.deepEqual([ended.stdout, ended.stderr, odd.traced()], ['1\n', '', ['node']]);
    });

    it('adds nothing where the preload is asked for already', async (t) => {
      const installed = installEntrypoint(t);
      const twice = await entrypoint([installed.file, file, ...shellArgs, installed.file, 'node', '-p', '1']);
      assert.equal(twice.stdout, '1\n');
      assert.deepEqual(installed.traced(), ['node']);

      for (const own of ['--import otel-preload/register', '--require /opt/otel-preload/dist/register.js']) {
        const { stdout } = await entrypoint([installed.file, 'printenv', 'NODE_OPTIONS'], {
          env: { NODE_OPTIONS: own },
        });
        assert.equal(stdout, `${own}\n`);
      }
    });

    it('traces what npm start runs', async (t) => {
      const installed = installEntrypoint(t);
      const app = installed.app('app.js', 'process.exitCode = 7');
      installed.app('package.json', '{ "scripts": { "start": "node app.js" } }');
      const { code } = await entrypoint([installed.file, 'npm', 'start', '--silent'], { cwd: installed.apps });
      assert.equal(code, 7);
      assert.equal(installed.traced().filter((one) => one === app).length, 1);
    });

    it('traces what a shell wrapper runs, and its code is the entrypoint’s', async (t) => {
      const installed = installEntrypoint(t);
      const app = installed.app('my app.js', 'process.exitCode = 3');
      const { code } = await entrypoint([installed.file, 'sh', '-c', 'node "$1"; exit $(($? + 1))', 'sh', app]);
      assert.equal(code, 4);
      assert.deepEqual(installed.traced(), [app]);
    });

    it('leaves arguments, stdin and output alone', async (t) => {
      const installed = installEntrypoint(t);
      const args = ['a b', '', '*', '$HOME', 'last'];
      const script = 'process.stdin.pipe(process.stderr); console.log(JSON.stringify(process.argv.slice(1)))';
      const ended = await entrypoint([installed.file, 'node', '-e', script, ...args], { input: 'from stdin' });
      assert.deepEqual(JSON.parse(ended.stdout), args);
      assert.equal(ended.stderr, 'from stdin');
    });

    it('changes nothing in the environment but NODE_OPTIONS', async (t) => {
      const installed = installEntrypoint(t, 'plain');
      // Names that a script might well use for itself.
      const env = { home: 'a', file: 'b', code: 'c', signal: 'd', pid: 'e', option: 'f' };
      // A file and not -c: for that, bash with a socket as stdin reads .bashrc.
      const bareScript = installed.app('bare', 'exec "$@"');
      const [bare, ours] = await Promise.all([
        entrypoint([bareScript, 'env'], { env }),
        entrypoint([installed.file, 'env'], { env }),
      ]);
      const lines = (ended: Ended): string[] => ended.stdout.split('\n').sort();
      const added = lines(ours).filter((line) => !lines(bare).includes(line));
      assert.deepEqual(added, [`NODE_OPTIONS=--require ${installed.register}`]);
      assert.deepEqual(
        lines(bare).filter((line) => !lines(ours).includes(line)),
        [],
      );
    });

    it('hands options, scripts and nothing at all to node, as the official images do', async (t) => {
      const installed = installEntrypoint(t);
      installed.app('app.js', 'console.log("a script")');
      assert.equal((await entrypoint([installed.file, '-p', '1 + 1'])).stdout, '2\n');
      assert.equal((await entrypoint([installed.file, 'app.js'], { cwd: installed.apps })).stdout, 'a script\n');
      assert.equal((await entrypoint([installed.file], { input: 'console.log("from stdin")' })).stdout, 'from stdin\n');
    });

    it('is found through a symbolic link and by a relative path', async (t) => {
      const installed = installEntrypoint(t);
      symlinkSync(installed.file, join(installed.apps, 'traced'));
      for (const path of ['./traced', '../the preload/entrypoint']) {
        const { stdout, stderr } = await entrypoint([path, 'node', '-p', '1'], { cwd: installed.apps });
        assert.deepEqual([stdout, stderr], ['1\n', '']);
      }
      assert.deepEqual(installed.traced(), ['node', 'node']);
    });

    it('says in one line that the preload is missing, and runs the command untraced', async (t) => {
      const installed = installEntrypoint(t);
      const dist = join(installed.register, '../dist');
      rmSync(dist, { recursive: true });
      const ended = await entrypoint([installed.file, 'node', '-p', '1'], { env: { NODE_OPTIONS: '--no-warnings' } });
      assert.deepEqual([ended.code, ended.stdout], [0, '1\n']);
      assert.equal(ended.stderr, `otel-preload: ${dist}/register.js is missing; node runs untraced\n`);
    });

    it('steps aside: the command has its process, so signals and codes are its own', async (t) => {
      const installed = installEntrypoint(t);
      const running = start(
        t,
        options([installed.file, 'node', '-e', 'console.log(process.pid); setInterval(() => {}, 1000)']),
      );
      const [pid] = await running.ready(/\d+/);
      assert.equal(Number(pid), running.pid);
      running.signal('SIGTERM');
      assert.equal((await running.ended).signal, 'SIGTERM');
    });
  });
}
