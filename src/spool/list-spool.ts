import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseFileName, type SpoolName } from './spool-name.ts';

/** A file as it lies in the directory. */
export interface ListedFile extends SpoolName {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Every file of ours in a spool's directory, the oldest first; none where there is no directory.
 *
 * @throws what the file system says of a directory that cannot be read
 */
export function listSpool(directory: string): ListedFile[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.toSorted().flatMap((file) => {
    const name = parseFileName(file);
    // another process may have sent it meanwhile
    const stat = name && statSync(join(directory, file), { throwIfNoEntry: false });
    return name === undefined || stat === undefined ? [] : [{ ...name, file, bytes: stat.size }];
  });
}
