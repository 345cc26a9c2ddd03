/** The in-thread loader, which import-in-the-middle ships without types. */
declare module 'import-in-the-middle/create-hook.mjs' {
  import type { InitializeHook, LoadHook, LoadHookSync, ResolveHook, ResolveHookSync } from 'node:module';
  export function createHook(meta: { url: string }): {
    applyOptions(options: { shouldInclude: (url: string, specifier: string) => boolean }): void;
    initialize: InitializeHook;
    resolve: ResolveHook;
    load: LoadHook;
    resolveSync: ResolveHookSync;
    loadSync: LoadHookSync;
  };
}
declare module 'import-in-the-middle/supports-sync-hooks.mjs' {
  export function supportsSyncHooks(): boolean;
}
