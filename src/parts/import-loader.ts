export { createHook } from 'import-in-the-middle/create-hook.mjs';
export { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
