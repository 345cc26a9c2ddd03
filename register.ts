/**
 * What `--import otel-preload/register` and `--require otel-preload/register` load.
 *
 * It decides whether this process is one to trace, and only then loads the rest. Nothing is awaited, so that the app
 * starts after it either way. This file is compiled for old Node.js lines too: they get one line and an untraced app.
 */
import type * as workerThreads from 'node:worker_threads';
import type * as compiledLoader from './src/core/compiled-loader.ts';
import type * as nodeVersion from './src/core/node-version.ts';
import type * as packageManagers from './src/core/package-managers.ts';
import type { start } from './src/start.ts';

// An import of a value would make this file an ES module to TypeScript, for which package.json would have to change.
const { createCompiledLoader } = require('./src/core/compiled-loader.ts') as typeof compiledLoader;
const { nodeTrouble } = require('./src/core/node-version.ts') as typeof nodeVersion;
const { PACKAGE_MANAGERS } = require('./src/core/package-managers.ts') as typeof packageManagers;

/** Whether this is the thread of `module.register`: it loads what --require names too, and runs nothing of the app. */
function isLoaderThread(): boolean {
  // see src/core/main-thread.ts
  if (!(process.abort as { disabled?: boolean }).disabled) return false;
  const { isMainThread, parentPort } = require('worker_threads') as typeof workerThreads;
  return !isMainThread && parentPort === null;
}

function startTracing(): void {
  const flags = process.execArgv.concat((process.env['NODE_OPTIONS'] || '').split(/\s+/));
  // the variable that says the same of Node.js' own cache
  const usesCache = process.env['NODE_DISABLE_COMPILE_CACHE'] !== '1';
  const loadFile = createCompiledLoader({ Modules: module.constructor as never, require, flags, usesCache });
  (loadFile(`${__dirname}/start.js`) as { start: typeof start }).start({ loadFile });
}

const script = (process.argv[1] || '').replace(/^.*[/\\]/, '');
if (!PACKAGE_MANAGERS.test(script)) {
  let trouble = nodeTrouble(process.versions.node);
  if (trouble === undefined) {
    try {
      if (!isLoaderThread()) startTracing();
    } catch (error) {
      trouble = `could not start: ${String(error instanceof Error ? error.message : error)}`;
    }
  }
  if (trouble !== undefined) {
    process.stderr.write(`otel-preload: ${trouble.replace(/\s*\n\s*/g, ' ')}; the app runs untraced\n`);
  }
}
