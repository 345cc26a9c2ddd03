import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in a package's `package.json`; undefined where it cannot be read. */
export function packageVersion(directory: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a version is older than another, both as `1.2.3`; what follows `-` or `+` says nothing. */
export function isOlder(version: string, than: string): boolean {
  const limit = numbersOf(than);
  const lead = numbersOf(version)
    .map((number, index) => number - (limit[index] ?? 0))
    .find((difference) => difference !== 0);
  return lead !== undefined && lead < 0;
}

function numbersOf(version: string): number[] {
  const [numbers = ''] = version.split(/[-+]/, 1);
  return numbers.split('.').map(Number);
}
