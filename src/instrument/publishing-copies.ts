import type { CatalogRow } from './catalog-row.ts';
import { isOlder, packageVersion } from './package-version.ts';

/**
 * Says of a loaded copy of a target whether it publishes what it does, and so is not to be patched.
 *
 * Each copy counts by itself: a process may have several. One whose version cannot be read is taken for one that does: if
 * it does not, its spans are missing; the other mistake would make each twice.
 */
export function publishingCopies(
  rows: readonly CatalogRow[],
): (target: string, baseDir: string | undefined) => boolean {
  const firstVersions = new Map<string, string>();
  for (const { wokenBy, publishes } of rows) {
    if (publishes === undefined || !Array.isArray(wokenBy)) continue;
    for (const target of wokenBy as string[]) firstVersions.set(target, publishes.from);
  }
  /** Answers by directory: a package has many files. */
  const known = new Map<string, boolean>();
  return (target, baseDir) => {
    const from = firstVersions.get(target);
    if (from === undefined) return false;
    if (baseDir === undefined) return true;
    let publishes = known.get(baseDir);
    if (publishes === undefined) {
      const version = packageVersion(baseDir);
      publishes = version === undefined || !isOlder(version, from);
      known.set(baseDir, publishes);
    }
    return publishes;
  };
}
