import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { installHooks, wakeOnMessage } from '../../src/instrument/hooks.ts';
import { hub, subscribe, type Watcher } from '../../src/instrument/hub.ts';
import * as importHook from 'import-in-the-middle';
import * as importLoader from '../../src/parts/import-loader.ts';
import { app } from '../support/app.ts';

const dir = realpathSync(
  app(
    { after },
    {
      'require.cjs': 'module.exports = require;',
      'import.mjs': 'export default (name) => import(name);',
      ...packageOf('plain', 'exports.value = "plain"; exports.inner = require("./lib/inner.js");', {
        'lib/inner.js': 'module.exports = "inner";',
      }),
      ...packageOf('left', 'exports.value = "left"; exports.inner = require("./lib/inner.js");', {
        'lib/inner.js': 'module.exports = "inner";',
      }),
      ...packageOf('plain-too', 'exports.value = "too";'),
      ...packageOf('broken', 'exports.value = "as it is";'),
      ...packageOf('nothing', 'module.exports = null;'),
      ...packageOf('replaced', 'module.exports = function original() {}; module.exports.value = 1;'),
      ...packageOf('es-module', 'export const value = "es"; export default function original() {}', {}, 'module'),
      'handler.js': 'exports.handler = () => "handled";',
    },
  ),
);

function packageOf(
  name: string,
  main: string,
  files: Record<string, string> = {},
  type = 'commonjs',
): Record<string, unknown> {
  const base = `node_modules/${name}`;
  return {
    [`${base}/package.json`]: { name, version: '1.2.3', type, main: 'main.js' },
    [`${base}/main.js`]: main,
    ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`${base}/${file}`, text])),
  };
}

const appRequire = createRequire(join(dir, 'require.cjs'));
const { default: appImport } = (await import(pathToFileURL(join(dir, 'import.mjs')).href)) as {
  default: (name: string) => Promise<Record<string, unknown>>;
};

const woken: string[] = [];
let onWake = (): void => {};
const errors: unknown[][] = [];
installHooks({
  targets: ['plain', 'left', 'broken', 'nothing', 'replaced', 'es-module', 'fs', 'dns', 'dns/promises'],
  heard: ['perf_hooks', 'string_decoder'],
  wake(target) {
    woken.push(target);
    onWake();
  },
  leaves: (target) => target === 'left',
  onError: (error, name) => errors.push([(error as Error).message, name]),
  directory: dirname(appRequire.resolve('import-in-the-middle/index.js')),
  loadImportHook: () => importHook,
  loadImportLoader: () => importLoader,
});

beforeEach(() => {
  woken.length = 0;
  onWake = () => {};
  errors.length = 0;
  hub.required.clear();
  hub.imported.clear();
  for (const file of Object.keys(appRequire.cache)) if (file.startsWith(dir)) delete appRequire.cache[file];
});

type Shown = [name: string, baseDir: string | undefined];

/** Records what is shown of `modules`, and puts `patch` on it. */
function watchModules(
  modules: readonly string[] | undefined,
  patch: Watcher['onLoad'] = (exports) => exports,
): Shown[] {
  const shown: Shown[] = [];
  const watcher: Watcher = {
    modules,
    onLoad(exports, name, baseDir) {
      shown.push([name, baseDir]);
      return patch(exports, name, baseDir);
    },
  };
  hub.required.add(watcher);
  hub.imported.add(watcher);
  return shown;
}

test('a required module wakes its target, and each file of its package is shown by its path in it', () => {
  const shown = watchModules(undefined);
  assert.equal((appRequire('plain') as { value: string }).value, 'plain');
  const baseDir = join(dir, 'node_modules/plain');
  assert.deepEqual(shown, [
    ['plain/lib/inner.js', baseDir],
    ['plain', baseDir],
  ]);
  assert.deepEqual(new Set(woken), new Set(['plain']));
});

test('who comes while waking sees that very module, and what it returns takes its place', () => {
  onWake = () => {
    onWake = () => {};
    watchModules(['plain'], (exports, name) => (name === 'plain' ? { patched: exports } : exports));
  };
  const patched = appRequire('plain') as { patched: { value: string } };
  assert.equal(patched.patched.value, 'plain');
  assert.equal(appRequire('plain'), patched);
});

test('a package whose name only begins like a target is not shown', () => {
  const shown = watchModules(undefined);
  appRequire('plain-too');
  assert.deepEqual([shown, woken], [[], []]);
});

test('a copy that is to be left as it is wakes nobody and is shown to nobody, required or imported', async () => {
  const shown = watchModules(['left'], () => 'patched');
  watchModules(undefined, () => 'patched');
  assert.deepEqual(appRequire('left'), { value: 'left', inner: 'inner' });
  assert.deepEqual((await appImport('left'))['default'], { value: 'left', inner: 'inner' });
  assert.deepEqual([shown, woken], [[], []]);
});

test('fs/promises is no file of fs, and node: makes no difference', () => {
  const shown = watchModules(['dns']);
  appRequire('node:dns/promises');
  appRequire('node:dns');
  assert.deepEqual(shown, [['dns', undefined]]);
  assert.deepEqual(woken, ['dns/promises', 'dns']);
});

test('a patch that throws is told, the others are put on, and the app goes on', () => {
  watchModules(['broken'], () => {
    throw new Error('no such export');
  });
  watchModules(['broken'], (exports) => ({ ...(exports as object), patched: true }));
  assert.deepEqual(appRequire('broken'), { value: 'as it is', patched: true });
  assert.deepEqual(errors, [['no such export', 'broken']]);
});

test('what replaces the exports of an imported CommonJS module is its default and its named exports', async () => {
  const replacement = Object.assign(() => {}, { value: 2 });
  watchModules(['replaced'], () => replacement);
  const namespace = await appImport('replaced');
  assert.deepEqual([namespace['default'], namespace['value']], [replacement, 2]);
});

test('an imported CommonJS module that exports null is null', async () => {
  watchModules(['nothing']);
  assert.equal((await appImport('nothing'))['default'], null);
  assert.deepEqual(errors, []);
});

test('exports of an ES module are patched by writing to its namespace', async () => {
  watchModules(['es-module'], (exports) => Object.assign(exports as object, { value: 'patched' }));
  const namespace = await appImport('es-module');
  assert.equal(namespace['value'], 'patched');
  assert.equal((namespace['default'] as () => void).name, 'original');
});

test('a file by its path is hooked once an instrumentation asks for it', () => {
  const file = join(dir, 'handler.js');
  hub.hookAlso([file, 'not a path']);
  const shown = watchModules([file]);
  const handler = appRequire('./handler.js') as { handler: () => string };
  assert.equal(handler.handler(), 'handled');
  assert.deepEqual(shown, [['handler', dir]]);
});

test('the first message of a channel wakes, and whoever subscribed by that hears it and the next', () => {
  const heard: unknown[] = [];
  let wakings = 0;
  wakeOnMessage(['hooks.test'], () => {
    wakings++;
    subscribe('hooks.test', (message) => void heard.push(message));
  });
  channel('hooks.test').publish('first');
  channel('hooks.test').publish('second');
  assert.deepEqual([wakings, heard], [1, ['first', 'second']]);
});

test('of several channels any wakes, once, and each message is heard once', () => {
  const heard: unknown[] = [];
  const names = ['hooks.one', 'hooks.two', 'hooks.three'];
  let wakings = 0;
  wakeOnMessage(names, () => {
    wakings++;
    for (const name of names) subscribe(name, (message) => void heard.push(message));
  });
  for (const [index, name] of ['hooks.two', 'hooks.one', 'hooks.two', 'hooks.three'].entries()) {
    channel(name).publish(`${name} ${index}`);
  }
  assert.deepEqual([wakings, heard], [1, ['hooks.two 0', 'hooks.one 1', 'hooks.two 2', 'hooks.three 3']]);
});

test('what is only to be heard of is told at its require and at its import, and left as it is', async () => {
  const loaded = appRequire('node:string_decoder') as object;
  assert.deepEqual(woken, ['string_decoder']);
  woken.length = 0;
  const imported = await appImport('node:perf_hooks');
  assert.deepEqual(woken, ['perf_hooks']);
  assert.equal(imported['default'], appRequire('perf_hooks'));
  assert.equal(loaded, appRequire('string_decoder'));
  assert.equal(Object.getPrototypeOf(imported), null);
});
