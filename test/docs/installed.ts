import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/app.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { checkout, run } from '../support/run.ts';

/**
 * Makes a directory in which what `npm pack` publishes is installed, with everything that the checkout has in its
 * node_modules beside it. Programs in directories below it find all of that.
 *
 * @returns the directory
 */
export async function installPackage(t: Cleanup): Promise<string> {
  const directory = tempDir(t);
  const tool = async (node: string, args: readonly string[], cwd: string): Promise<string> => {
    const { code, stdout, stderr } = await run({ node, args, cwd });
    if (code !== 0) throw new Error(`${node} ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  const packed = await tool(
    'npm',
    ['pack', '--ignore-scripts', '--silent', `--pack-destination=${directory}`],
    checkout,
  );
  await tool('tar', ['xzf', packed.trim()], directory);

  const from = join(checkout, 'node_modules');
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  renameSync(join(directory, 'package'), join(modules, 'otel-preload'));
  for (const name of readdirSync(from)) {
    if (!name.startsWith('.')) symlinkSync(join(from, name), join(modules, name));
  }
  cpSync(join(from, '.bin'), join(modules, '.bin'), { recursive: true, verbatimSymlinks: true });
  // as npm does where it installs a package
  chmodSync(join(modules, 'otel-preload/dist/cli.js'), 0o755);
  symlinkSync('../otel-preload/dist/cli.js', join(modules, '.bin', 'otel-preload'));
  return directory;
}
