import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** Collects the packages whose code ends up in a bundle, over several bundles. */
export class Licences {
  readonly #directories = new Set<string>();

  /** To be one of a build's plugins. */
  readonly plugin: Plugin = {
    name: 'licences',
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

  /** @returns each licence text once, under the names, versions and licences of the packages that have it */
  text(): string {
    const packages = new Map<string, string[]>();
    for (const directory of [...this.#directories].sort()) {
      const { name, version, license } = readManifest(directory);
      const files = readdirSync(directory).filter((one) => /^(?:licen[cs]e|notice)(?:\.\w+)?$/i.test(one));
      const text = files.map((one) => readFileSync(join(directory, one), 'utf8').trim()).join('\n\n');
      packages.set(text, [...(packages.get(text) ?? []), `${name} ${version} (${license})`]);
    }
    const parts = [...packages].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
    return parts.join(`\n${'-'.repeat(80)}\n\n`);
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

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}
