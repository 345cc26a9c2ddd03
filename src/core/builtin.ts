/**
 * Loads a builtin module of Node.js as it was before anybody hooked module loading.
 *
 * What the preload needs for itself (`node:tls` for the first batch, say) must not wake the instrumentation
 * of the same name. Import this file before the hooks go in.
 */
export const loadBuiltin: typeof process.getBuiltinModule = process.getBuiltinModule.bind(process) as never;
