/**
 * Watches `require` and `import` for the catalogue's targets; the only user of *-in-the-middle.
 *
 * A module that nobody names is never wrapped. `require` goes through require-in-the-middle. `import` goes through
 * import-in-the-middle: synchronously in this thread where Node.js can (22.22.3, 24.11.1, 25.1 and later), elsewhere on
 * the loader thread of `module.register`.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { register, registerHooks } from 'node:module';
import { isAbsolute, join, parse, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { Hook as RealRequireHook } from 'require-in-the-middle';
import { hub, type Watcher } from './hub.ts';
import { leaveToRequire } from './leave-to-require.ts';

export interface HookOptions {
  /** Names as `require` and `import` have them, builtins without `node:`. The list may grow while the hooks are in. */
  readonly targets: readonly string[];
  /** Builtins that are not wrapped, and whose first `require` or `import` is all that is wanted: `wake` is called. */
  readonly heard: readonly string[];
  /** Called before anybody is shown a module of this target; loads what wants to see it. Must not throw. */
  readonly wake: (target: string) => void;
  /** Whether this copy of a target is left as it is: nobody is woken by it or shown it. */
  readonly leaves: (target: string, baseDir: string | undefined) => boolean;
  /** Called with what a patch threw; the app goes on with the module as it is. */
  readonly onError: (error: unknown, moduleName: string) => void;
  /** The path of what holds `lib/register.js` and `import-hook.mjs`. */
  readonly directory: string;
  /** Gives import-in-the-middle, called before the first import of a target. */
  readonly loadImportHook: () => ImportHookPart;
  /** Gives its in-thread loader, which brings two lexers; called at the same moment where it can run. */
  readonly loadImportLoader: () => ImportLoader;
}

/** What `import-in-the-middle` exports. */
export type ImportHookPart = Pick<typeof import('import-in-the-middle'), 'Hook'>;
/** What `import-in-the-middle/create-hook.mjs` exports. */
export type ImportLoader = typeof import('../parts/import-loader.ts');
type Loader = ReturnType<ImportLoader['createHook']>;

/** What import-in-the-middle shows: an ES module's exports, to be read and written. */
type Namespace = Record<string, unknown>;

/** Puts the hooks in, once in a process or thread. */
export function installHooks(options: HookOptions): void {
  const { targets, wake, onError, directory } = options;
  const names = [...targets, ...options.heard];
  const isHeard = (name: string): boolean => options.heard.includes(name);
  const isIncluded = (specifier: string, url?: string): boolean =>
    !isHeard(withoutScheme(specifier)) && isOneOf(names, specifier, url);

  function show(watchers: Iterable<Watcher>, exports: unknown, name: string, baseDir: string | undefined): unknown {
    const concerns = (target: string): boolean => isOf(target, name, baseDir);
    const target = names.find(concerns);
    if (target !== undefined) {
      if (options.leaves(target, baseDir)) return exports;
      wake(target);
    }
    let shown = exports;
    for (const { modules, onLoad } of watchers) {
      if (modules !== undefined && !modules.some(concerns)) continue;
      try {
        shown = onLoad(shown, name, baseDir);
      } catch (error) {
        onError(error, name);
      }
    }
    return shown;
  }

  const showRequired = (exports: unknown, name: string, baseDir?: string): unknown =>
    show(hub.required, exports, name, baseDir);

  /**
   * A CommonJS module that is imported has one object behind all its import forms, `module.exports`. It is patched there,
   * so that the default import, named imports and a `require` elsewhere all see the patch; the namespace then follows.
   */
  function showImported(namespace: Namespace, name: string, baseDir?: string, format?: string): void {
    if (format !== 'commonjs' && format !== 'builtin') {
      show(hub.imported, namespace, name, baseDir);
      return;
    }
    const shown = show(hub.imported, namespace['default'], name, baseDir);
    try {
      for (const key of Object.keys(namespace)) {
        const value = key === 'default' || key === 'module.exports' ? shown : (shown as Namespace | null)?.[key];
        if (value !== undefined && namespace[key] !== value) namespace[key] = value;
      }
    } catch (error) {
      // A getter of the module's own that throws.
      onError(error, name);
    }
  }

  // Both hooks keep this very array, so that a name added later is seen; only the loader thread has a copy.
  void new RealRequireHook(names, { internals: true }, showRequired as never);

  function hookImports(): void {
    const { Hook } = options.loadImportHook();
    void new Hook(names, { internals: true }, showImported as never);
  }

  const hookUrl = (): string => pathToFileURL(join(directory, 'import-hook.mjs')).href;

  function createLoader(): Loader {
    hookImports();
    // Its wrappers import `lib/register.js` beside this URL: the copy whose state the real Hook shares.
    const loader = options.loadImportLoader().createHook({ url: hookUrl() });
    loader.applyOptions({ shouldInclude: (url, specifier) => isIncluded(specifier, url) });
    return loader;
  }

  try {
    if (typeof registerHooks === 'function' && supportsSyncHooks()) {
      hookInThread(createLoader, (specifier) => {
        const name = withoutScheme(specifier);
        if (isHeard(name)) wake(name);
        return isIncluded(specifier);
      });
    } else {
      hookImports();
      // there is nobody to hear an import in this thread
      for (const name of options.heard) wake(name);
      if (hasDirectory()) register(hookUrl(), { data: { include: names } });
    }
  } catch (error) {
    // Jest loads modules by itself, and its Node.js refuses hooks in these words; no import would go by them
    if (!/not supported in Jest/.test(String(error))) throw error;
    for (const name of options.heard) wake(name);
  }

  hub.hookAlso = (modules) => {
    for (const name of modules) if (isAbsolute(name) && !names.includes(name)) names.push(name);
  };
}

/** In a directory that has been removed, Node.js waits for ever for the thread that hooks run on; only `require` is traced there. */
function hasDirectory(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

/** An app that imports nothing of what is to be wrapped never has the loader. */
function hookInThread(createLoader: () => Loader, mayBeIncluded: (specifier: string) => boolean): void {
  let loader: Loader | undefined;
  registerHooks({
    // It has nothing to do for `require`, and mistakes a builtin that `node -e` requires for a file.
    resolve(specifier, context, next) {
      if (context.conditions.includes('require')) return next(specifier, context);
      if (!mayBeIncluded(specifier) && loader === undefined) return next(specifier, context);
      loader ??= createLoader();
      return loader.resolveSync(specifier, context, next);
    },
    load(url, context, next) {
      const loaded = loader === undefined ? next(url, context) : loader.loadSync(url, context, next);
      return context.conditions.includes('require') ? loaded : leaveToRequire(url, loaded);
    },
  });
}

/**
 * Whether an import is of a module that is to be wrapped.
 *
 * @param url where it was found; before that is known, any import may be of a file that is named by its path
 */
function isOneOf(names: readonly string[], specifier: string, url?: string): boolean {
  const wanted = withoutScheme(specifier);
  return names.some(
    (name) => name === wanted || (isAbsolute(name) && (url === undefined || url === pathToFileURL(name).href)),
  );
}

function withoutScheme(specifier: string): string {
  return specifier.startsWith('node:') ? specifier.slice('node:'.length) : specifier;
}

/**
 * Whether what was loaded is the module `target` or a file inside its package.
 *
 * @param name as the hooks tell it: a builtin, a package, a file of a package, or for a target that is a path either
 *   that path or its last part without the extension
 * @param baseDir where the package lies; a builtin has none, and `fs/promises` is no file of `fs`
 */
function isOf(target: string, name: string, baseDir: string | undefined): boolean {
  if (name === target) return true;
  if (baseDir === undefined) return false;
  if (isAbsolute(target)) return parse(target).name === name && parse(target).dir === baseDir;
  return name.startsWith(target) && (name[target.length] === '/' || name[target.length] === sep);
}

/** Wakes on the first message of any of these channels and gives that message to those who subscribed while waking. */
export function wakeOnMessage(channels: readonly string[], wake: () => void): void {
  const first = (message: unknown, channel: string | symbol): void => {
    for (const name of channels) unsubscribe(name, first);
    wake();
    for (const subscriber of hub.subscribers.get(channel) ?? []) subscriber(message, channel);
  };
  for (const name of channels) subscribe(name, first);
}
