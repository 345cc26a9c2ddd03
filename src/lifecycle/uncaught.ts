/** Calls `listener` with each error that nobody catches, while the stack's context is still there; it changes nothing. */
export function watchUncaught(listener: (error: unknown) => void): void {
  process.on('uncaughtExceptionMonitor', listener);
}
