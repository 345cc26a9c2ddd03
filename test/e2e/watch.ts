import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../support/cleanup.ts';
import { tempDir } from '../support/app.ts';

/** What programs/watch.cjs tells of one process. */
export interface Seen {
  readonly argv: readonly string[];
  /** CommonJS files in the module cache. */
  readonly files: readonly string[];
  /** Node.js's own modules that were loaded, whoever needed them. */
  readonly builtins: readonly string[];
  /** Targets of TCP connections and UDP packets. */
  readonly connections: readonly string[];
}

/** Watches processes started with `flags` and `env`; `seen` reads what they told when they ended. */
export function watch(t: Cleanup): {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly seen: () => Seen[];
} {
  const WATCH = tempDir(t);
  return {
    flags: ['--require', fileURLToPath(new URL('./programs/watch.cjs', import.meta.url))],
    env: { WATCH },
    seen: () => globSync(`${WATCH}/*.json`).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Seen),
  };
}
