import { join } from 'node:path';
import { runTool } from './build-once.ts';
import { checkout } from './run.ts';

export interface Packed {
  /** The tarball. */
  readonly file: string;
  /** Bytes of the tarball, and of all that is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  /** Paths in the package. */
  readonly files: readonly string[];
}

/** Makes the tarball that `npm publish` would send, of what is in dist/ now, in a directory. */
export async function pack(directory: string): Promise<Packed> {
  const flags = ['--ignore-scripts', '--json', `--pack-destination=${directory}`];
  const [packed] = JSON.parse(await runTool('npm', ['pack', ...flags], { cwd: checkout })) as [
    { filename: string; size: number; unpackedSize: number; files: readonly { path: string }[] },
  ];
  const { filename, size, unpackedSize, files } = packed;
  return { file: join(directory, filename), size, unpackedSize, files: files.map(({ path }) => path) };
}
