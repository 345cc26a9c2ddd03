import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, cachePath, runTool } from '../build-once.ts';
import { skipOrFail } from '../skip-or-fail.ts';
import type { Skippable } from '../skip-or-fail.ts';

/** The release that go.mod beside this file pins: module 1.76.0 is Jaeger 2.13.0. */
export const jaegerVersion = '2.13.0';
export const jaegerImage = `jaegertracing/jaeger:${jaegerVersion}`;

const here = fileURLToPath(new URL('.', import.meta.url));

export type FoundJaeger =
  /** Jaeger 2 takes a configuration file, Jaeger 1 (`jaeger-all-in-one`) takes flags. */
  | { readonly kind: 'binary'; readonly path: string; readonly major: 1 | 2 }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'none'; readonly why: string };

let found: Promise<FoundJaeger> | undefined;

/**
 * Finds a real Jaeger: `JAEGER_BIN`, PATH, the cache; else builds it with Go into the cache (about
 * four minutes, once); else the official image where docker runs.
 */
export function findJaeger(): Promise<FoundJaeger> {
  found ??= find();
  return found;
}

async function find(): Promise<FoundJaeger> {
  const named = process.env['JAEGER_BIN'];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) return { kind: 'none', why: `JAEGER_BIN (${named}) is not an executable file` };
    return binary(named);
  }
  const onPath = onPathOf('jaeger') ?? onPathOf('jaeger-all-in-one');
  if (onPath !== undefined) return binary(onPath);
  const whyNot: string[] = [];
  try {
    return { kind: 'binary', path: await buildJaeger(), major: 2 };
  } catch (error) {
    whyNot.push(`cannot build Jaeger ${jaegerVersion} with Go: ${messageOf(error)}`);
  }
  try {
    await runTool('docker', ['info']);
    return { kind: 'image', image: jaegerImage };
  } catch (error) {
    whyNot.push(`cannot run ${jaegerImage}: ${messageOf(error)}`);
  }
  return { kind: 'none', why: whyNot.join('; ') };
}

function buildJaeger(): Promise<string> {
  return buildOnce(cachePath('jaeger', `jaeger-${jaegerVersion}`), async (unfinished) => {
    process.stderr.write(`building Jaeger ${jaegerVersion} with Go; about four minutes, once\n`);
    const flags = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'];
    await runTool('go', ['build', ...flags, '-o', unfinished, 'github.com/jaegertracing/jaeger/cmd/jaeger'], {
      cwd: here,
    });
  });
}

async function binary(path: string): Promise<FoundJaeger> {
  const help = await runTool(path, ['--help']);
  return { kind: 'binary', path, major: /^\s+--config\s/m.test(help) ? 2 : 1 };
}

function onPathOf(name: string): string | undefined {
  const dirs = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '');
  return dirs.map((dir) => join(dir, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return existsSync(file) && statSync(file).isFile();
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The Jaeger that a test needs; without one the test is skipped with the reason, but in CI it fails.
 *
 * @returns undefined after a skip: return at once
 */
export async function jaegerOrSkip(t: Skippable): Promise<Exclude<FoundJaeger, { kind: 'none' }> | undefined> {
  const jaeger = await findJaeger();
  if (jaeger.kind !== 'none') return jaeger;
  skipOrFail(t, `no Jaeger: ${jaeger.why}`);
  return undefined;
}

if (import.meta.main) {
  const jaeger = await findJaeger();
  console.log(jaeger.kind === 'binary' ? jaeger.path : jaeger.kind === 'image' ? jaeger.image : jaeger.why);
  if (jaeger.kind === 'none') process.exitCode = 1;
}
