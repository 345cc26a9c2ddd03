import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledPackage } from './bundled-packages.ts';

/** Gives each licence text once, under the names, versions and licences of the packages that have it. */
export function renderLicences(packages: readonly BundledPackage[]): string {
  const named = new Map<string, string[]>();
  for (const { directory, name, version, license } of packages) {
    const files = readdirSync(directory).filter((one) => /^(?:licen[cs]e|notice)(?:\.\w+)?$/i.test(one));
    const text = files.map((one) => readFileSync(join(directory, one), 'utf8').trim()).join('\n\n');
    named.set(text, [...(named.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...named].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}
