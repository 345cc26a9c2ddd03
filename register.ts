/**
 * What `--import otel-preload/register` and `--require otel-preload/register` load.
 *
 * It decides whether this process is one to trace, and only then loads the rest. Nothing is awaited, so that the app
 * starts after it either way. This file is compiled for old Node.js lines too: they get one line and an untraced app.
 */
import type * as workerThreads from 'node:worker_threads';
import type * as compiledLoader from './src/core/compiled-loader.ts';
import type { start } from './src/start.ts';

// An import of a value would make this file an ES module to TypeScript, for which package.json would have to change.
const { createCompiledLoader } = require('./src/core/compiled-loader.ts') as typeof compiledLoader;

const MIN_MAJOR = 20;
const MIN_MINOR = 16;

/** Programs that only start others: what they start is traced, they themselves are not even slowed. */
const PACKAGE_MANAGERS = /^(?:npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack)(?:-cli)?(?:-\d[\w.-]*)?(?:\.[cm]?js)?$/;

function guard(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < MIN_MAJOR || (major === MIN_MAJOR && minor < MIN_MINOR)) {
    return `Node.js ${process.versions.node} is older than ${MIN_MAJOR}.${MIN_MINOR}; the app runs untraced`;
  }
  // 21 and 22.0 to 22.2 are newer than 20.16 and do not have it.
  if (typeof process.getBuiltinModule !== 'function') {
    return `Node.js ${process.versions.node} has no process.getBuiltinModule, as 22.3 has; the app runs untraced`;
  }
  return undefined;
}

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
  const isCached = process.env['NODE_DISABLE_COMPILE_CACHE'] !== '1';
  const loadFile: compiledLoader.LoadFile = isCached
    ? createCompiledLoader({ Modules: module.constructor as never, require, flags })
    : require;
  (loadFile(`${__dirname}/start.js`) as { start: typeof start }).start({ loadFile });
}

const script = (process.argv[1] || '').replace(/^.*[/\\]/, '');
if (!PACKAGE_MANAGERS.test(script)) {
  let trouble = guard();
  if (trouble === undefined) {
    try {
      if (!isLoaderThread()) startTracing();
    } catch (error) {
      trouble = `could not start: ${String(error instanceof Error ? error.message : error)}; the app runs untraced`;
    }
  }
  if (trouble !== undefined) process.stderr.write(`otel-preload: ${trouble.replace(/\s*\n\s*/g, ' ')}\n`);
}
