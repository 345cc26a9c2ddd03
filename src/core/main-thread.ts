/**
 * Whether this is the process's main thread, as `node:worker_threads` says it too; but that brings all of `node:stream`,
 * 3 ms of a start. In other threads Node.js has put functions marked `disabled` in the place of what is the process's own.
 */
export const isMainThread: boolean = (process.abort as { disabled?: boolean }).disabled !== true;
