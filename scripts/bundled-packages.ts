import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';

/** What the package.json of a package says. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
}

export interface BundledPackage extends Manifest {
  readonly directory: string;
}

/** Collects the packages whose code ends up in a bundle, over several bundles. */
export class BundledPackages {
  readonly #directories = new Set<string>();

  /** To be one of a build's plugins. */
  readonly plugin: Plugin = {
    name: 'bundled-packages',
    generateBundle: (_options, bundle) => {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) if (renderedLength > 0) this.#add(id);
      }
    },
  };

  #add(file: string): void {
    const path = file.replace(/^\0/, '').replace(/\?.*$/, '');
    if (path.includes('node_modules')) this.#directories.add(packageDirectory(path));
  }

  /** @returns in the order of their directories, two versions of one package as two */
  list(): BundledPackage[] {
    return [...this.#directories].sort().map((directory) => {
      const { name, version, license } = readManifest(directory);
      return { name, version, license, directory };
    });
  }
}

/** The directory of the package that a file belongs to; nested package.json files without a name do not count. */
function packageDirectory(file: string): string {
  let directory = dirname(file);
  while (!existsSync(join(directory, 'package.json')) || readManifest(directory).version === undefined) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`${file} is in no package`);
    directory = parent;
  }
  return directory;
}

/** @param directory of a package */
export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}
