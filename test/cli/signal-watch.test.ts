import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/run.ts';

test('Ctrl-C is 0, another signal 128 and its number; whoever listens is told', async () => {
  const source = new URL('../../src/cli/signal-watch.ts', import.meta.url).href;
  for (const [signal, code] of [
    ['SIGINT', 0],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const program = `import { SignalWatch } from ${JSON.stringify(source)};
      const watch = new SignalWatch();
      watch.onSignal((name) => console.log(name, watch.came));
      setInterval(() => {}, 1000);
      setTimeout(() => process.kill(process.pid, '${signal}'), 10);
      process.exitCode = await watch.next();
      process.exit();`;
    const ended = await run({ node: process.execPath, args: ['--input-type=module', '-e', program] });
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [code, `${signal} true\n`, '']);
  }
});
