/** The entrypoint as PID 1 of a container without another init. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { run, start, testNode } from '../support/run.ts';
import type { RunOptions } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { installEntrypoint } from './installed-entrypoint.ts';
import { asPid1, pid1Of, signalPid1, whyNoPid1 } from './pid-namespace.ts';
import { shells, whyNot } from './shells.ts';

const path = `${join(testNode, '..')}:${process.env['PATH'] ?? ''}`;

/** Notes each signal on stdout, goes on for 300 ms after the first and ends with code 9. */
const drainingApp = `
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGALRM', 'SIGCONT']) {
  process.on(signal, () => {
    console.log('got ' + signal);
    setTimeout(() => { console.log('drained'); process.exit(9); }, 300);
  });
}
setInterval(() => {}, 1000);
console.log('ready');
`;

const count = (text: string, part: string): number => text.split(part).length - 1;

for (const shell of shells) {
  const lacking = whyNot(shell) ?? whyNoPid1();
  const options = (args: readonly string[], more: Partial<RunOptions> = {}): RunOptions => ({
    node: asPid1[0],
    args: [...asPid1.slice(1), ...shell.command, ...args],
    ...more,
    env: { PATH: path, ...more.env },
  });
  const it = (name: string, body: (t: TestContext) => Promise<void>): void => {
    test(name, (t) => (lacking === undefined ? body(t) : skipOrFail(t, lacking)));
  };

  suite(`PID 1 in ${shell.name}`, () => {
    it('ends with the child’s code, 128+n for a signal, and prints nothing', async (t) => {
      const { file } = installEntrypoint(t);
      for (const [script, code] of [
        ['process.exitCode = 7', 7],
        ['process.exitCode = 127', 127],
        ['process.exitCode = 200', 200],
        ['process.kill(process.pid, "SIGKILL")', 137],
        ['process.kill(process.pid, "SIGTERM")', 143],
        ['', 0],
      ] as const) {
        const ended = await run(options([file, 'node', '-e', script]));
        assert.deepEqual([ended.code, ended.stdout, ended.stderr], [code, '', '']);
      }
    });

    it('passes each signal on, once', async (t) => {
      const installed = installEntrypoint(t);
      const app = installed.app('app.js', drainingApp);
      const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGALRM', 'SIGCONT'] as const;
      await Promise.all(
        signals.map(async (signal) => {
          const running = start(t, options([installed.file, 'node', app]));
          await running.ready(/ready/);
          signalPid1(running, signal);
          const ended = await running.ended;
          assert.deepEqual([ended.code, ended.stdout, ended.stderr], [9, `ready\ngot ${signal}\ndrained\n`, '']);
        }),
      );
      assert.deepEqual(new Set(installed.traced()), new Set([app]));
    });

    it('passes a second signal on while the first is being handled', async (t) => {
      const installed = installEntrypoint(t);
      const running = start(t, options([installed.file, 'node', installed.app('app.js', drainingApp)]));
      await running.ready(/ready/);
      signalPid1(running, 'SIGUSR2');
      await running.ready(/got SIGUSR2/);
      signalPid1(running, 'SIGTERM');
      const ended = await running.ended;
      assert.deepEqual([ended.code, ended.stdout], [9, 'ready\ngot SIGUSR2\ngot SIGTERM\ndrained\n']);
    });

    it('ends with 128+n by a signal that the app has no handler for', async (t) => {
      const { file } = installEntrypoint(t);
      const idle = 'console.log("ready"); setInterval(() => {}, 1000)';
      await Promise.all(
        (
          [
            ['SIGTERM', 143],
            ['SIGINT', 130],
            ['SIGHUP', 129],
            ['SIGQUIT', 131],
            ['SIGUSR2', 140],
          ] as const
        ).map(async ([signal, code]) => {
          const running = start(t, options([file, 'node', '-e', idle]));
          await running.ready(/ready/);
          const sentMs = performance.now();
          signalPid1(running, signal);
          const ended = await running.ended;
          assert.deepEqual([signal, ended.code, ended.stderr], [signal, code, '']);
          assert.ok(performance.now() - sentMs < 1000);
        }),
      );
    });

    it('npm start: the app gets the signal once and is waited for, and npm’s code arrives', async (t) => {
      const installed = installEntrypoint(t);
      const app = installed.app('app.js', drainingApp);
      installed.app('package.json', '{ "scripts": { "start": "node app.js" } }');
      const running = start(t, options([installed.file, 'npm', 'start', '--silent'], { cwd: installed.apps }));
      await running.ready(/ready/);
      signalPid1(running, 'SIGTERM');
      const ended = await running.ended;
      assert.equal(ended.stdout, 'ready\ngot SIGTERM\ndrained\n');
      // npm tells the shell that it runs the script in, not the app; where that shell has not made way, npm ends first.
      assert.ok(ended.code === 143 || ended.code === 9, `code ${ended.code}`);
      assert.equal(installed.traced().filter((one) => one === app).length, 1);
    });

    it('a wrapper that dies by the signal: its node gets it once, and is waited for', async (t) => {
      const installed = installEntrypoint(t);
      const app = installed.app('app.js', drainingApp);
      const running = start(t, options([installed.file, 'sh', '-c', 'node "$1"; echo never', 'sh', app]));
      await running.ready(/ready/);
      signalPid1(running, 'SIGTERM');
      const ended = await running.ended;
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [143, 'ready\ngot SIGTERM\ndrained\n', '']);
    });

    it('a wrapper that tells its node and does not wait: its node gets the signal once, and is waited for', async (t) => {
      const installed = installEntrypoint(t);
      const app = installed.app('app.js', drainingApp);
      const wrapper = `trap 'kill $!' TERM; node "$1" & wait`;
      const running = start(t, options([installed.file, 'sh', '-c', wrapper, 'sh', app]));
      await running.ready(/ready/);
      signalPid1(running, 'SIGTERM');
      const ended = await running.ended;
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [143, 'ready\ngot SIGTERM\ndrained\n', '']);
    });

    it('a wrapper’s own traps for INT, QUIT and TERM work', async (t) => {
      const { file } = installEntrypoint(t);
      for (const signal of ['INT', 'QUIT', 'TERM'] as const) {
        const wrapper = `trap 'echo trapped; exit 5' ${signal}; echo ready; while :; do sleep 0.05; done`;
        const running = start(t, options([file, 'sh', '-c', wrapper]));
        await running.ready(/ready/);
        signalPid1(running, `SIG${signal}`);
        const ended = await running.ended;
        assert.deepEqual([ended.code, ended.stdout], [5, 'ready\ntrapped\n']);
      }
    });

    it('does not wait for a background process that the command leaves behind', async (t) => {
      const { file } = installEntrypoint(t);
      const ended = await run(options([file, 'sh', '-c', 'sleep 20 >/dev/null 2>&1 & exit 4']));
      assert.equal(ended.code, 4);
      assert.ok(ended.ms < 2000);
    });

    it('reaps 20 orphans', async (t) => {
      const { file } = installEntrypoint(t);
      const script =
        'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do (sleep 0.1 &); done; sleep 0.6; ps -eo stat=,ppid=';
      const { stdout, code } = await run(options([file, 'sh', '-c', script]));
      assert.equal(code, 0);
      assert.equal(count(stdout, 'Z'), 0, stdout);
      assert.ok(stdout.trim().split('\n').length <= 4, stdout);
    });

    it('hands stdin on, and keeps no copy of stdin, stdout and stderr', async (t) => {
      const { file } = installEntrypoint(t);
      const { stdout } = await run(options([file, 'cat'], { input: 'from stdin' }));
      assert.equal(stdout, 'from stdin');

      const running = start(t, options([file, 'sh', '-c', 'echo ready; sleep 20']));
      await running.ready(/ready/);
      const open = await run({ node: 'ls', args: ['-l', `/proc/${pid1Of(running)}/fd`] });
      assert.equal(open.code, 0);
      assert.doesNotMatch(open.stdout, / [0129] -> /);
    });

    it('starts with stdin closed', async (t) => {
      const { file } = installEntrypoint(t);
      const [unshare, ...args] = asPid1;
      const script = `exec ${[unshare, ...args, ...shell.command].join(' ')} "$1" node -p 1 <&-`;
      const ended = await run({ node: 'sh', args: ['-c', script, 'sh', file], env: { PATH: path } });
      assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, '1\n', '']);
    });

    it('at a terminal the command itself is PID 1', async (t) => {
      const { file } = installEntrypoint(t, 'plain');
      const command = [...asPid1, ...shell.command, file, 'node', '-p', 'process.pid'].join(' ');
      const ended = await run({ node: 'script', args: ['-qec', command, '/dev/null'], env: { PATH: path } });
      assert.equal(ended.stdout.trim(), '1');
    });
  });
}
