/** What runs on the loader thread of `module.register`, where Node.js has no synchronous hooks. */
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { createHook } from 'import-in-the-middle/create-hook.mjs';
import { isCommonJsTypeScript, leaveToRequire } from '../instrument/leave-to-require.ts';

const hook = createHook(import.meta);
/** Modules whose `require` comes by these hooks, because a loader in front of ours brings their source. */
const requireByHooks = new Set<string>();

export const initialize: InitializeHook = hook.initialize;

/** What such a `require` finds must not be wrapped: it cannot wait until the wrapper is linked, and ends the program. */
export const resolve: ResolveHook = (specifier, context, next) =>
  requireByHooks.has(context.parentURL ?? '') ? next(specifier, context) : hook.resolve(specifier, context, next);

export const load: LoadHook = async (url, context, next) => {
  const loaded = await hook.load(url, context, next);
  if (isCommonJsTypeScript(url, loaded)) requireByHooks.add(url);
  return leaveToRequire(url, loaded);
};
