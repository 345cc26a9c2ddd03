/**
 * Timers as they were when the preload started: a test of the app's may put fake ones in their place, which never fire,
 * and would count and fire ours among its own.
 */
export const { setTimeout, clearTimeout, setInterval, setImmediate } = globalThis;
