/**
 * Looks at how a command starts Node.js, from inside, and keeps the program itself from running.
 *
 * `NODE_OPTIONS` brings it in before any other preload. Where Node.js is about to run the program, it is given this file
 * instead, for the second time, so that everything that was to be preloaded is, and the process then ends and leaves a
 * report. A program that loads the preload itself, by its own code, runs until it has. Package managers and tools of
 * node_modules run as they are: it is what they start that is looked at.
 *
 * This file is compiled for old Node.js lines too, and is all that is loaded in that process.
 */
import type * as fs from 'node:fs';
import type * as path from 'node:path';
import type * as workerThreads from 'node:worker_threads';
import { PACKAGE_MANAGERS } from '../../core/package-managers.ts';
import type { ProbeReport } from './probe-report.ts';

/** The part of Node.js' class of CommonJS modules that is used. */
interface Modules {
  runMain: (this: unknown, main: string) => unknown;
  _load: (this: unknown, ...args: unknown[]) => unknown;
}

declare const require: NodeJS.Require & {
  (id: 'fs'): typeof fs;
  (id: 'path'): typeof path;
  (id: 'worker_threads'): typeof workerThreads;
};
declare const module: NodeJS.Module;
declare const __filename: string;
declare const __dirname: string;

const HERE = Symbol.for('otel-preload.probe');
/** How a command line and a program have it. */
const PRELOAD = /otel-preload\/(?:dist\/)?register\b/;
const files = require('fs');
const paths = require('path');

function probe(directory: string): void {
  const Modules = module.constructor as unknown as Modules;
  const flags = process.execArgv.concat(process.env['NODE_OPTIONS'] || '').filter((flag) => flag !== '');
  const isNamed = namesPreload(flags.join(' '));
  let kind: ProbeReport['kind'] | undefined;
  let entry = process.argv[1] || '';

  const { runMain } = Modules;
  Modules.runMain = function (main) {
    entry = main;
    kind = isNamed ? 'unfinished' : kindOf(main);
    if (kind === 'late') watchLoads(Modules);
    if (kind !== 'unfinished') return runMain.call(this, main);
    // it runs again where it is not known any more
    delete require.cache[__filename];
    return runMain.call(this, __filename);
  };
  process.on('exit', (code) => {
    if (kind === undefined && code === 0) return;
    const isFinished = (globalThis as { [HERE]?: unknown })[HERE] === 'finished';
    report(directory, flags, entry, isFinished ? 'program' : kind || 'unfinished', code);
  });
}

function namesPreload(flags: string): boolean {
  const own = paths.join(paths.dirname(__dirname), 'register');
  return PRELOAD.test(flags) || flags.includes(own) || /[ =]\.\/register(?: |$)/.test(` ${flags}`);
}

/** What a program is whose command line does not have the preload. */
function kindOf(main: string): 'tool' | 'late' | 'unfinished' {
  if (/[/\\]node_modules[/\\]/.test(main)) return 'tool';
  try {
    return PRELOAD.test(files.readFileSync(main, 'utf8')) ? 'late' : 'unfinished';
  } catch {
    return 'unfinished';
  }
}

function watchLoads(Modules: Modules): void {
  const load = Modules._load;
  Modules._load = function (...args) {
    const by = args[1] as NodeJS.Module | undefined;
    if (by && by.filename && isPreload(by.filename)) process.exit(0);
    const loaded = load.apply(this, args);
    if (loadedFiles().some(isPreload)) process.exit(0);
    return loaded;
  };
}

/** Node.js 20 has what an ES module will import in its cache before the first of them runs, in no order. */
function loadedFiles(): string[] {
  return Object.keys(require.cache).filter((file) => (require.cache[file] as NodeJS.Module).loaded);
}

function isPreload(file: string): boolean {
  if (!/[/\\]dist[/\\]register\.js$/.test(file)) return false;
  try {
    const { name } = JSON.parse(
      files.readFileSync(paths.join(paths.dirname(paths.dirname(file)), 'package.json'), 'utf8'),
    ) as {
      name?: string;
    };
    return name === 'otel-preload';
  } catch {
    return false;
  }
}

function report(directory: string, flags: string[], entry: string, kind: ProbeReport['kind'], code: number): void {
  const preload = Object.keys(require.cache).find(isPreload);
  // in the order in which they were loaded; a program that loads the preload itself has ended as that began
  const cached = kind === 'late' ? loadedFiles().filter((file) => !isPreload(file)) : Object.keys(require.cache);
  const loaded = cached.filter((file) => file !== __filename);
  const at = kind === 'late' ? loaded.length : loaded.findIndex(isPreload);
  const said: ProbeReport = {
    kind,
    node: process.versions.node,
    entry,
    cwd: process.cwd(),
    flags,
    env: process.env as Record<string, string>,
    preload: preload === undefined ? null : preload,
    before: preload === undefined ? [] : loaded.slice(0, at),
    code,
  };
  const file = paths.join(directory, String(process.pid));
  files.writeFileSync(`${file}.part`, JSON.stringify(said), { mode: 0o600 });
  files.renameSync(`${file}.part`, `${file}.json`);
}

const globals = globalThis as { [HERE]?: 'begun' | 'finished' };
if (globals[HERE] === 'begun') {
  globals[HERE] = 'finished';
  process.exit(0);
}
const { OTEL_PRELOAD_PROBE: directory } = process.env;
const isProgram = process.argv[1] !== undefined && (process as { _eval?: string })._eval === undefined;
if (
  directory &&
  isProgram &&
  require('worker_threads').isMainThread &&
  !PACKAGE_MANAGERS.test(paths.basename(process.argv[1] || ''))
) {
  globals[HERE] = 'begun';
  probe(directory);
}
