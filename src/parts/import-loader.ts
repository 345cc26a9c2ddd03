export { createHook } from 'import-in-the-middle/create-hook.mjs';
