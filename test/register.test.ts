import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from './support/app.ts';
import { checkout, run } from './support/run.ts';

const built = join(checkout, 'dist/register.js');

/** The built guard beside a `start.js` of the test's own; runs `file` under it. */
function guarded(t: TestContext, start: string | undefined, files: Record<string, string> = {}) {
  const cwd = app(t, {
    'app.js': 'console.log("app");',
    ...files,
    ...(start === undefined ? {} : { 'start.js': start }),
  });
  copyFileSync(built, join(cwd, 'register.js'));
  return (file: string, before: readonly string[] = []) =>
    run({ node: process.execPath, args: [...before, '--require', './register.js', file], cwd });
}

const started = 'exports.start = () => console.log("started");';

test('package managers are not traced, whatever they are called, and apps with similar names are', async (t) => {
  const managers = [
    'npm-cli.js',
    'npx-cli.js',
    'npm',
    'yarn.js',
    'yarn-4.9.1.cjs',
    'pnpm.cjs',
    'pnpx.mjs',
    'corepack.js',
  ];
  const apps = ['npm-app.js', 'yarnish.js', 'server.npm.js', 'my-yarn.cjs', 'yarn.app.js'];
  const files = Object.fromEntries([...managers, ...apps].map((file) => [file, '']));
  const start = guarded(t, started, files);
  const outputs = await Promise.all(
    [...managers, ...apps].map(async (file) => `${file} ${(await start(file)).stdout.trim()}`.trim()),
  );
  assert.deepEqual(outputs, [...managers, ...apps.map((file) => `${file} started`)]);
});

test('a start that fails is one line, and the app runs', async (t) => {
  const thrown = await guarded(
    t,
    'exports.start = () => { throw new Error("first line\\n  second line"); };',
  )('app.js');
  assert.deepEqual(
    [thrown.stdout, thrown.stderr, thrown.code],
    ['app\n', 'otel-preload: could not start: first line second line; the app runs untraced\n', 0],
  );
  const absent = await guarded(t, undefined)('app.js');
  assert.deepEqual([absent.stdout, absent.code], ['app\n', 0]);
  assert.match(
    absent.stderr,
    /^otel-preload: could not start: Cannot find module '[^']+\/start\.js'[^\n]*; the app runs untraced\n$/,
  );
  const oddity = await guarded(t, 'exports.start = () => { throw null; };')('app.js');
  assert.equal(oddity.stderr, 'otel-preload: could not start: null; the app runs untraced\n');
});

test('an older Node.js gets one line and an untraced app', async (t) => {
  const pretend = (version: string) =>
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const start = guarded(t, started, {
    'node-18.js': pretend('18.20.8'),
    'node-20.15.js': pretend('20.15.1'),
    'node-20.16.js': pretend('20.16.0'),
    'node-22.2.js': `${pretend('22.2.0')} delete process.getBuiltinModule;`,
  });
  const on = async (version: string) => {
    const { stdout, stderr, code } = await start('app.js', ['--require', `./node-${version}.js`]);
    assert.equal(code, 0);
    return [stdout, stderr];
  };
  assert.deepEqual(await on('18'), [
    'app\n',
    'otel-preload: Node.js 18.20.8 is older than 20.16; the app runs untraced\n',
  ]);
  assert.deepEqual(await on('20.15'), [
    'app\n',
    'otel-preload: Node.js 20.15.1 is older than 20.16; the app runs untraced\n',
  ]);
  assert.deepEqual(await on('20.16'), ['started\napp\n', '']);
  assert.deepEqual(await on('22.2'), [
    'app\n',
    'otel-preload: Node.js 22.2.0 has no process.getBuiltinModule, as 22.3 has; the app runs untraced\n',
  ]);
});

test('the built guard has no syntax that an old Node.js cannot parse', () => {
  const text = readFileSync(built, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
  assert.doesNotMatch(text, /\?\.|\?\?|\bcatch \{|\basync\b|\bawait\b|\*\*|\.\.\.\w+[,}]|^(?:import|export) /m);
});

test('it starts once in the program and in each of its threads, not in the thread of module.register', async (t) => {
  const start = guarded(
    t,
    'exports.start = () => process._rawDebug("started " + require("worker_threads").threadId);',
    {
      'main.mjs': `
      import { register } from 'node:module'; import { Worker } from 'node:worker_threads';
      register('data:text/javascript,export function initialize() {}');
      new Worker('', { eval: true }).on('online', () => console.log('worker'));`,
    },
  );
  const { stdout, stderr } = await start('main.mjs', ['--no-warnings']);
  assert.equal(stdout, 'worker\n');
  assert.match(stderr, /^started 0\nstarted [12]\n$/);
});

test('the compiled form is left beside the files and used again; NODE_DISABLE_COMPILE_CACHE=1 has none', async (t) => {
  const cwd = app(t, { 'app.js': 'console.log("app");', 'start.js': started });
  copyFileSync(built, join(cwd, 'register.js'));
  const args = ['--require', './register.js', 'app.js'];
  const cached = (): string[] => (existsSync(join(cwd, 'cache')) ? readdirSync(join(cwd, 'cache')) : []);
  const off = await run({ args, cwd, env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
  assert.deepEqual([off.stdout, off.stderr, cached()], ['started\napp\n', '', []]);
  for (const _process of [1, 2]) {
    const on = await run({ args, cwd });
    assert.deepEqual([on.stdout, on.stderr, cached().length], ['started\napp\n', '', 1]);
  }
});
