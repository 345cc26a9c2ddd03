/**
 * Watches `require` and `import` for the catalogue's targets; the only user of *-in-the-middle.
 *
 * A module that nobody names is never wrapped. `require` goes through require-in-the-middle. `import` goes through
 * import-in-the-middle: synchronously in this thread where Node.js can (22.22.3, 24.11.1, 25.1 and later), elsewhere on
 * the loader thread of `module.register`.
 */
import * as channels from 'node:diagnostics_channel';
import * as nodeModule from 'node:module';
import { isAbsolute, parse, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Hook as RealImportHook } from 'import-in-the-middle';
import { Hook as RealRequireHook } from 'require-in-the-middle';
import { hub, type Watcher } from './hub.ts';
import { leaveToRequire } from './leave-to-require.ts';

export interface HookOptions {
  /** Names as `require` and `import` have them, builtins without `node:`. The list may grow while the hooks are in. */
  readonly targets: readonly string[];
  /** Called before anybody is shown a module of this target; loads what wants to see it. Must not throw. */
  readonly wake: (target: string) => void;
  /** Called with what a patch threw; the app goes on with the module as it is. */
  readonly onError: (error: unknown, moduleName: string) => void;
  /** The directory that holds `lib/register.js` and `import-hook.mjs`, with a slash at its end. */
  readonly partsUrl: string;
  /** Gives import-in-the-middle's in-thread loader, which brings two lexers; loaded only where it can run. */
  readonly loadImportLoader: () => ImportLoader;
}

/** What `import-in-the-middle/create-hook.mjs` and `supports-sync-hooks.mjs` export. */
export type ImportLoader = typeof import('../parts/import-loader.ts');

/** What import-in-the-middle shows: an ES module's exports, to be read and written. */
type Namespace = Record<string, unknown>;

/** Puts the hooks in, once in a process or thread. */
export function installHooks({ targets, wake, onError, partsUrl, loadImportLoader }: HookOptions): void {
  const names = [...targets];

  function show(watchers: Iterable<Watcher>, exports: unknown, name: string, baseDir: string | undefined): unknown {
    const concerns = (target: string): boolean => isOf(target, name, baseDir);
    const target = names.find(concerns);
    if (target !== undefined) wake(target);
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

  // Both keep this very array, so that a name added later is seen; only the loader thread has a copy.
  void new RealRequireHook(names, { internals: true }, showRequired as never);
  void new RealImportHook(names, { internals: true }, showImported as never);

  hub.hookAlso = (modules) => {
    for (const name of modules) if (isAbsolute(name) && !names.includes(name)) names.push(name);
  };

  registerImportLoader(names, partsUrl, loadImportLoader);
}

function registerImportLoader(
  include: readonly string[],
  partsUrl: string,
  loadImportLoader: () => ImportLoader,
): void {
  if (typeof nodeModule.registerHooks === 'function') {
    const loader = loadImportLoader();
    if (loader.supportsSyncHooks()) {
      // Its wrappers import `lib/register.js` beside this URL: the copy whose state the real Hook shares.
      const hook = loader.createHook({ url: `${partsUrl}import-hook.mjs` });
      hook.applyOptions({ include });
      nodeModule.registerHooks({
        // It has nothing to do for `require`, and mistakes a builtin that `node -e` requires for a file.
        resolve: (specifier, context, next) =>
          context.conditions.includes('require')
            ? next(specifier, context)
            : hook.resolveSync(specifier, context, next),
        load(url, context, next) {
          const loaded = hook.loadSync(url, context, next);
          return context.conditions.includes('require') ? loaded : leaveToRequire(url, loaded);
        },
      });
      return;
    }
  }
  nodeModule.register(`${partsUrl}import-hook.mjs`, { data: { include } });
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

/** Wakes on the first message of a channel and gives that message to those who subscribed while waking. */
export function wakeOnMessage(channel: string, wake: () => void): void {
  const first = (message: unknown): void => {
    channels.unsubscribe(channel, first);
    wake();
    for (const subscriber of hub.subscribers.get(channel) ?? []) subscriber(message, channel);
  };
  channels.subscribe(channel, first);
}

/** The URL of the directory in which a CommonJS file lies. */
export function directoryUrl(file: string): string {
  return new URL('.', pathToFileURL(file)).href;
}
