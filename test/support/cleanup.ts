/**
 * Where a helper hangs its own end: a test's context (`t`), or `{ after }` of `node:test` for
 * what a whole file shares.
 */
export interface Cleanup {
  after(end: () => Promise<void> | void): void;
}
