import { lstatSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildOnce, cachePath, runTool } from './build-once.ts';

/**
 * Installs packages with what they need, once for all runs.
 *
 * @param packages as npm takes them, with their versions
 * @returns the `node_modules` that they are in
 */
export async function install(folder: string, packages: readonly string[]): Promise<string> {
  const name = packages.join('+').replaceAll('/', '-');
  const dir = await buildOnce(cachePath('otel-preload', folder, name), async (unfinished) => {
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runTool('npm', ['install', '--prefix', unfinished, ...flags, ...packages], { cwd: '/' });
  });
  return join(dir, 'node_modules');
}

/**
 * Links an installed package into an app; what it needs is found beside it where it was installed.
 *
 * @param as what the app calls it
 */
export function linkPackage(cwd: string, installed: string, name: string, as = name): void {
  const target = join(cwd, 'node_modules', as);
  mkdirSync(dirname(target), { recursive: true });
  if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true) unlinkSync(target);
  symlinkSync(join(installed, name), target);
}
