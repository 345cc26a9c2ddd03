import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asPid1, signalPid1, whyNoPid1 } from '../docker/pid-namespace.ts';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { nodeBinary, nodeLines } from '../support/node-lines.ts';
import { checkout, run, start, testNode } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';

const cli = `${checkout}dist/cli.js`;

/** Prints each signal that it gets, and ends with 5 at the second. */
const listener = `
  let count = 0;
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2', 'SIGALRM', 'SIGCONT', 'SIGWINCH']) {
    process.on(signal, () => { console.log(signal); if (++count === 2) process.exit(5); });
  }
  setInterval(() => {}, 1000);
  console.log('ready');`;

test('the command is traced by the file that is named; its output, arguments, stdin and code stay its own', async (t) => {
  const collector = await startCollector(t);
  const cwd = app(t, {
    'app.mjs': `
      import { withSpan } from 'otel-preload';
      await withSpan('work', async () => {});
      process.stdin.pipe(process.stderr);
      console.log(process.title, JSON.stringify(process.argv.slice(2)), process.env.TRACING_CONFIG);
      process.exitCode = 7;`,
    'mine.yaml': `tracing_url: ${collector.jaegerUrl}\nnamespace: demo\n`,
  });
  const args = ['a b', '', '*', '--', '--help'];
  const ended = await run({
    args: [cli, 'run', '--config', 'mine.yaml', '--', testNode, 'app.mjs', ...args],
    cwd,
    env: { NODE_OPTIONS: '--title=mine' },
    input: 'from stdin',
  });
  assert.deepEqual([ended.code, ended.stderr], [7, 'from stdin']);
  assert.equal(ended.stdout, `mine ${JSON.stringify(args)} ${cwd}/mine.yaml\n`);
  assert.deepEqual(
    collector.spans.map(({ name, resource }) => [name, resource['namespace']]),
    [['work', 'demo']],
  );
});

test('whatever is started by npm is traced, on the oldest and the newest Node.js line', async (t) => {
  for (const version of [nodeLines[0], nodeLines[nodeLines.length - 1]] as const) {
    const node = await nodeBinary(version ?? '');
    const collector = await startCollector(t);
    const cwd = app(t, {
      'app.mjs': "import { withSpan } from 'otel-preload'; withSpan('work', () => {});",
      'package.json': { name: 'my-app', scripts: { start: `"${node}" app.mjs` } },
    });
    const ended = await run({
      node,
      args: [cli, 'run', '--', 'npm', 'start', '--silent'],
      cwd,
      env: { TRACING_URL: collector.jaegerUrl },
    });
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, '', ''], version);
    assert.deepEqual(
      collector.spans.map(({ name }) => name),
      ['work'],
      version,
    );
  }
});

test('signals are passed on, once each, and the code is the one that the command chose', async (t) => {
  for (const signals of [
    ['SIGHUP', 'SIGINT'],
    ['SIGQUIT', 'SIGTERM'],
    ['SIGUSR2', 'SIGALRM'],
    ['SIGCONT', 'SIGWINCH'],
  ] as const) {
    const running = start(t, { args: [cli, 'run', '--', testNode, '-e', listener] });
    await running.ready(/ready/);
    running.signal(signals[0]);
    await running.ready(new RegExp(signals[0]));
    running.signal(signals[1]);
    const { code, signal, stdout, stderr } = await running.ended;
    assert.deepEqual([code, signal, stderr], [5, null, '']);
    assert.equal(stdout, `ready\n${signals.join('\n')}\n`);
  }
});

test('a command that a signal ended: we end by the same; by 128 and its number where that would leave a second core', async (t) => {
  const idle = "console.log('ready'); setInterval(() => {}, 1000)";
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const running = start(t, { args: [cli, 'run', '--', testNode, '-e', idle] });
    await running.ready(/ready/);
    running.signal(name);
    const { code, signal, stderr } = await running.ended;
    assert.deepEqual([code, signal, stderr], [null, name, '']);
  }
  for (const [name, expected] of [
    ['SIGKILL', [null, 'SIGKILL']],
    ['SIGABRT', [134, null]],
  ] as const) {
    const ended = await run({
      args: [cli, 'run', '--', 'sh', '-c', `ulimit -c 0; kill -s ${name.slice(3)} $$`],
    });
    assert.deepEqual([ended.code, ended.signal], expected);
  }
});

test('as process 1, which no signal of its own ends, the code is 128 and the number', async (t) => {
  const lacking = whyNoPid1();
  if (lacking !== undefined) return skipOrFail(t, lacking);
  const [unshare, ...args] = asPid1;
  const idle = "console.log('ready'); setInterval(() => {}, 1000)";
  const running = start(t, { node: unshare, args: [...args, testNode, cli, 'run', '--', testNode, '-e', idle] });
  await running.ready(/ready/);
  signalPid1(running, 'SIGTERM');
  assert.deepEqual(await running.ended.then(({ code, stderr }) => [code, stderr]), [143, '']);
});

test('at a terminal Ctrl-C reaches the command once: from the terminal', async (t) => {
  const program = `${listener}
    process.on('SIGINT', () => setTimeout(() => process.exit(count), 300));
    require('node:fs').writeFileSync('ready', '');`;
  const cwd = app(t, { 'app.js': program });
  const words = [testNode, cli, 'run', '--', testNode, 'app.js'].map((word) => `'${word}'`);
  const typing = "while ! [ -e ready ]; do sleep 0.1; done; printf '\\003'; sleep 1";
  const ended = await run({
    node: 'sh',
    args: ['-c', `{ ${typing}; } | script -qec "$1" /dev/null`, 'sh', `exec ${words.join(' ')}`],
    cwd,
  });
  assert.equal(ended.code, 1, ended.stdout);
});

test('what makes no sense starts nothing', async (t) => {
  const cwd = app(t, {});
  for (const [args, code, line] of [
    [[], 64, /^otel-preload: no command: run -- node app\.js; /],
    [['node', 'app.js'], 64, /^otel-preload: -- belongs before node; /],
    [
      ['--config', 'gone.yaml', '--', testNode, '-p', '1'],
      1,
      /^otel-preload: --config gone\.yaml cannot be read: ENOENT; nothing is started\n$/,
    ],
    [['--', '/no/such/program'], 127, /^otel-preload: cannot start \/no\/such\/program: there is no such program\n$/],
  ] as const) {
    const ended = await run({ args: [cli, 'run', ...args], cwd });
    assert.deepEqual([ended.code, ended.stdout], [code, '']);
    assert.match(ended.stderr, line);
  }
});
