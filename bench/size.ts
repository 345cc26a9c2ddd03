/** What is downloaded and what lies on the disk then. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Report } from './support/bench.ts';
import { isInstalled, peerDir, peerNames } from './support/peers.ts';
import { checkout } from '../test/support/run.ts';

interface Size {
  /** What `npm pack` makes; undefined where only the installed packages are there. */
  readonly tarballBytes?: number;
  /** All files of all packages. */
  readonly installedBytes: number;
  readonly packages: number;
}

export const size: Bench = {
  name: 'size',
  once: true,
  run() {
    const installed = new Map<string, Size>([['ours', sizeOfOurs()]]);
    for (const name of peerNames) {
      if (isInstalled(name)) installed.set(name, sizeOf(join(peerDir(name), 'node_modules')));
    }
    return Promise.resolve(report(installed));
  },
};

/** Ours as it is installed: the files of the tarball, and the packages it depends on. */
function sizeOfOurs(): Size {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: checkout, encoding: 'utf8' }),
  ) as [{ size: number; unpackedSize: number }];
  const dependencies = new Set<string>();
  const add = (dir: string): void => {
    const { dependencies: names = {} } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const name of Object.keys(names)) {
      const own = join(dir, 'node_modules', name);
      const found = existsSync(own) ? own : join(checkout, 'node_modules', name);
      if (dependencies.has(found)) continue;
      dependencies.add(found);
      add(found);
    }
  };
  add(checkout);
  const bytes = [...dependencies].reduce((sum, dir) => sum + sizeOf(dir).installedBytes, 0);
  return { tarballBytes: packed.size, installedBytes: packed.unpackedSize + bytes, packages: 1 + dependencies.size };
}

function sizeOf(dir: string): Size {
  let installedBytes = 0;
  let packages = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    installedBytes += statSync(join(entry.parentPath, entry.name)).size;
    // Some packages have more files of that name inside; a package's own is where npm puts it.
    if (entry.name === 'package.json' && /node_modules\/(?:@[^/]+\/)?[^/]+$/.test(entry.parentPath)) packages++;
  }
  return { installedBytes, packages };
}

function report(installed: ReadonlyMap<string, Size>): Report {
  const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '–' : (bytes / 1e6).toFixed(2));
  const all = [...installed];
  return {
    title: 'Size',
    about: 'Sum of the bytes of all files, in MB (10⁶ bytes), and the number of packages that npm installs.',
    headings: ['variant', 'tarball, MB', 'installed, MB', 'packages'],
    rows: all.map(([name, one]) => [
      name,
      megabytes(one.tarballBytes),
      megabytes(one.installedBytes),
      String(one.packages),
    ]),
    notes: [],
    plots: [
      {
        title: 'Installed size, MB',
        bars: all.map(([label, { installedBytes }]) => {
          const value = installedBytes / 1e6;
          return { label, value: { median: value, min: value, max: value } };
        }),
      },
    ],
    data: Object.fromEntries(all),
    failures: [],
  };
}
