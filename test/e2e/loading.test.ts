import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { app } from '../support/app.ts';
import { checkout, importFlag, run, testNode } from '../support/run.ts';

const programs: Readonly<Record<string, Record<string, string>>> = {
  empty: { 'main.cjs': '' },
  'an HTTP server, CommonJS': {
    'main.cjs': 'const server = require("http").createServer().listen(0, () => server.close());',
  },
  'an HTTP server, ES module': {
    'main.mjs': 'import http from "node:http"; const server = http.createServer().listen(0, () => server.close());',
  },
  'an HTTP server that has answered': {
    'main.cjs': `
      const server = require('http').createServer((request, response) => response.end());
      server.listen(0, '127.0.0.1', () => {
        const socket = require('net').connect(server.address().port, '127.0.0.1');
        socket.end('GET / HTTP/1.0\\r\\n\\r\\n').resume().on('close', () => server.close());
      });`,
  },
};

interface Loaded {
  readonly files: readonly string[];
  readonly builtins: readonly string[];
}

/** Rows of the first table of docs/loading.md. */
const documented = new Map(
  readFileSync(join(checkout, 'docs/loading.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, program = '']) => program in programs)
    .map(([, program = '', files = '', builtins = '']) => [program, [names(files), names(builtins)] as const]),
);

function names(cell: string): string[] {
  return cell.replaceAll('`', '').split(' ').sort();
}

const { stdout: version } = await run({ args: ['--version'] });
const [major = 0, minor = 0, patch = 0] = version.slice(1).split('.').map(Number);
/** Where Node.js can watch `import` in the thread that imports. */
const watchesInThread =
  major >= 26 || (major === 24 && (minor > 11 || patch >= 1)) || (major === 22 && (minor > 22 || patch >= 3));

for (const [program, files] of Object.entries(programs)) {
  const skip = watchesInThread ? false : `${testNode} watches import from a thread, which the table says is dearer`;
  test(`${program}: loads what docs/loading.md says, and nothing else`, { skip }, async (t) => {
    const cwd = app(t, files);
    const watch = ['--require', fileURLToPath(new URL('./programs/loaded.cjs', import.meta.url))];
    const load = async (flags: readonly string[]): Promise<Loaded> => {
      const LOADED = join(cwd, 'loaded.json');
      const env = { LOADED, TRACING_URL: 'http://127.0.0.1:1/api/traces', TRACING_FLUSH_TIMEOUT: '0' };
      const { code } = await run({ args: [...watch, ...flags, ...Object.keys(files)], cwd, env });
      assert.equal(code, 0);
      return JSON.parse(readFileSync(LOADED, 'utf8')) as Loaded;
    };
    const bare = await load([]);
    // the first one leaves V8's compiled form of all that it has loaded, which takes a turn of its event loop
    await load(importFlag());
    const traced = await load(importFlag());
    const dist = join(checkout, 'dist/');
    const ours = traced.files.filter((file) => file.startsWith(dist)).map((file) => file.slice(dist.length));
    const builtins = traced.builtins.filter((name) => !bare.builtins.includes(name) && builtinModules.includes(name));
    assert.deepEqual(
      [ours.filter((file) => !file.startsWith('chunk-')).sort(), builtins.sort()],
      documented.get(program),
    );
    assert.deepEqual(
      traced.files.filter((file) => file.includes('node_modules')),
      [],
    );
  });
}
