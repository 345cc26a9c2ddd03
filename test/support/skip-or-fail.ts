/** Where a test may be skipped: its context. */
export interface Skippable {
  skip(why?: string): void;
}

/** For a test that lacks something of this machine: it is skipped with the reason, but in CI it fails. */
export function skipOrFail(t: Skippable, why: string): void {
  if (process.env['CI'] === 'true') throw new Error(`${why}; in CI no test may be skipped for that`);
  t.skip(why);
}
