import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createCompiledLoader } from '../../src/core/compiled-loader.ts';
import { app } from '../support/app.ts';
import { run } from '../support/run.ts';

/** One directory of ours; `load` forgets what was loaded before, as another process would. */
function setUp(t: TestContext, files: Record<string, string>, flags: readonly string[] = []) {
  const dir = app(t, files);
  const require = createRequire(join(dir, 'main.cjs'));
  const cached = (): string[] => (existsSync(join(dir, 'cache')) ? readdirSync(join(dir, 'cache')).sort() : []);
  async function load(name: string): Promise<unknown> {
    for (const file of Object.keys(require.cache)) if (file.startsWith(dir)) delete require.cache[file];
    try {
      return createCompiledLoader({ Modules: Module as never, require, flags })(join(dir, name));
    } finally {
      await setImmediate();
    }
  }
  return { dir, require, cached, load };
}

test('a file is loaded as require loads it, and require finds it loaded', async (t) => {
  const { dir, require, load } = setUp(t, {
    'main.cjs': `
      const { join } = require('node:path');
      exports.seen = [__filename === module.filename, join(__dirname, 'main.cjs') === __filename, this === exports];
      exports.other = require('./other.cjs');
      exports.own = require;`,
    'other.cjs': 'module.exports = { loaded: true };',
  });
  const main = (await load('main.cjs')) as Record<string, unknown>;
  assert.deepEqual(main['seen'], [true, true, true]);
  assert.equal(require('./main.cjs'), main);
  assert.equal(require('./other.cjs'), main['other']);
  assert.equal(require.cache[join(dir, 'main.cjs')]?.loaded, true);
  assert.equal((main['own'] as NodeJS.Require).resolve('./other.cjs'), join(dir, 'other.cjs'));
});

test('what it has loaded stays loaded where the app empties require.cache', (t) => {
  const { dir, require } = setUp(t, {
    'main.cjs': 'exports.part = require("./part.cjs");',
    'part.cjs': 'exports.is = {};',
  });
  const load = createCompiledLoader({ Modules: Module as never, require, flags: [] });
  const main = load(join(dir, 'main.cjs')) as { part: unknown };
  for (const file of Object.keys(require.cache)) if (file.startsWith(dir)) delete require.cache[file];
  assert.equal(load(join(dir, 'part.cjs')), main.part);
  assert.equal(load(join(dir, 'main.cjs')), main);
});

test('the compiled form is left for the next process, that of what it requires as well, and is what that runs', async (t) => {
  const { dir, cached, load } = setUp(t, {
    'main.cjs': 'exports.is = require("./part.cjs");',
    'part.cjs': 'module.exports = "new"',
  });
  assert.deepEqual(await load('main.cjs'), { is: 'new' });
  assert.equal(cached().length, 2);
  assert.match(cached().join(), /^main\.cjs-v[\d.]+-\w+-\w+-0,part\.cjs-/);
  // a text of the same length, said to be older than its compiled form: only that tells what it was
  writeFileSync(join(dir, 'part.cjs'), 'module.exports = "old"');
  utimesSync(join(dir, 'part.cjs'), 1, 1);
  assert.deepEqual(await load('main.cjs'), { is: 'new' });
  writeFileSync(join(dir, 'part.cjs'), 'module.exports = "now"');
  utimesSync(join(dir, 'part.cjs'), 4e9, 4e9);
  assert.deepEqual(await load('main.cjs'), { is: 'now' });
});

test('a damaged one, which V8 would end the process over, is not shown to it and replaced', async (t) => {
  const { dir, cached, load } = setUp(t, { 'main.cjs': 'exports.f = () => 7; exports.f();' });
  await load('main.cjs');
  const file = join(dir, 'cache', cached()[0] ?? '');
  const whole = readFileSync(file);
  const damages = [
    whole.subarray(0, whole.length - 8),
    whole.subarray(0, whole.length / 2),
    Buffer.from(whole).fill(0, whole.length - 100, whole.length - 50),
    Buffer.alloc(whole.length),
    Buffer.alloc(0),
    Buffer.from('not compiled'),
  ];
  for (const damaged of damages) {
    writeFileSync(file, damaged);
    assert.equal(((await load('main.cjs')) as { f: () => number }).f(), 7);
  }
  writeFileSync(file, damages[2] ?? '');
  await load('main.cjs');
  assert.equal(readFileSync(file).length, whole.length);
});

test('other flags have a form of their own, what is preloaded makes no difference', async (t) => {
  const files = { 'main.cjs': '' };
  const { dir, cached, load } = setUp(t, files, ['--stack-size=900']);
  await load('main.cjs');
  for (const flags of [[], ['--import', './x', '--require=y', '-r', 'z', ''], ['--env-file=.env']]) {
    delete createRequire(join(dir, 'x')).cache[join(dir, 'main.cjs')];
    createCompiledLoader({ Modules: Module as never, require: createRequire(join(dir, 'x')), flags })(
      join(dir, 'main.cjs'),
    );
    await setImmediate();
  }
  assert.equal(cached().length, 2);
});

test('where none can be written the file is loaded all the same', async (t) => {
  const { cached, load } = setUp(t, { 'main.cjs': 'exports.a = 1;', cache: 'a file in the place of the directory' });
  assert.deepEqual(await load('main.cjs'), { a: 1 });
  assert.throws(cached);
});

test('what a file throws is thrown, each time; one that is not there is what require says of it', async (t) => {
  const { load } = setUp(t, {
    'main.cjs': 'globalThis.times = (globalThis.times ?? 0) + 1; throw new Error("no " + globalThis.times);',
  });
  await assert.rejects(load('main.cjs'), /no 1/);
  await assert.rejects(load('main.cjs'), /no 2/);
  await assert.rejects(load('none.cjs'), { code: 'MODULE_NOT_FOUND' });
});

/** The same in processes of their own: within one, V8 knows a text that it has compiled before. */
function setUpProcesses(t: TestContext) {
  const file = new URL('../../src/core/compiled-loader.ts', import.meta.url).href;
  const { dir, cached } = setUp(t, {
    'part.cjs': 'module.exports = 1;',
    'main.mjs': `
      import { Module, createRequire } from 'node:module';
      import { createCompiledLoader } from ${JSON.stringify(file)};
      const require = createRequire(import.meta.url);
      console.log(createCompiledLoader({ Modules: Module, require, flags: [] })(require.resolve('./part.cjs')));`,
  });
  async function runOnce(): Promise<string> {
    const { stdout, stderr } = await run({ args: ['main.mjs'], cwd: dir });
    assert.deepEqual([stdout, stderr], ['1\n', '']);
    const [name = '', ...others] = cached();
    assert.equal(others.length, 0);
    return join(dir, 'cache', name);
  }
  return runOnce;
}

test('a process leaves the forms of what it has loaded, and the next takes them as they are', async (t) => {
  const runOnce = setUpProcesses(t);
  const file = await runOnce();
  const { ino } = statSync(file);
  assert.equal(await runOnce(), file);
  assert.equal(statSync(file).ino, ino);
});

test('one that V8 rejects, as another build of Node.js would have made, is replaced', async (t) => {
  const runOnce = setUpProcesses(t);
  const file = await runOnce();
  const whole = readFileSync(file);
  const half = Buffer.from(whole.subarray(0, whole.length / 2));
  // the second word is the hash of V8's version
  half.writeUInt32LE(7, 4);
  writeFileSync(file, Buffer.concat([half, half]));
  assert.equal(await runOnce(), file);
  assert.equal(readFileSync(file).readUInt32LE(4), whole.readUInt32LE(4));
});

test('of 200 compiled forms the oldest makes room for the next', async (t) => {
  const { dir, cached, load } = setUp(t, { 'main.cjs': 'exports.is = 1;' });
  await load('main.cjs');
  const [own = ''] = cached();
  for (let n = 0; n < 199; n++) writeFileSync(join(dir, 'cache', `other-${n}`), '');
  utimesSync(join(dir, 'cache', 'other-7'), 1, 1);
  rmSync(join(dir, 'cache', own));
  writeFileSync(join(dir, 'cache', 'other-199'), '');
  await load('main.cjs');
  const names = cached();
  assert.deepEqual([names.length, names.includes(own), names.includes('other-7')], [200, true, false]);
});
