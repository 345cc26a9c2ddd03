import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { checkout } from './run.ts';

/** A new directory of its own, gone after the test. */
export function tempDir(t: Cleanup): string {
  const dir = mkdtempSync(join(tmpdir(), 'otel-preload-'));
  t.after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

/**
 * Writes a program as its user would have it: its files, with everything that the checkout has in
 * node_modules installed beside it, and the checkout itself there as `otel-preload`.
 *
 * @param files path → text, bytes, or what is written as JSON; a package of the test's own under
 *   `node_modules/` takes the place of the installed one
 * @returns the directory
 */
export function app(t: Cleanup, files: Readonly<Record<string, unknown>>): string {
  const dir = tempDir(t);
  for (const [name, content] of Object.entries(files)) {
    const file = join(dir, name);
    mkdirSync(dirname(file), { recursive: true });
    const raw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(file, raw ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  const modules = join(dir, 'node_modules');
  linkMissing(join(checkout, 'node_modules'), modules);
  linkOne(checkout, join(modules, 'otel-preload'));
  return dir;
}

// A real directory of links, not one link: so a test can put packages of its own among them. Where
// the test wrote into a scope (`node_modules/@opentelemetry/api`), its other packages are linked one by one.
function linkMissing(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    const target = join(to, name);
    if (name.startsWith('@') && existsSync(target)) linkMissing(join(from, name), target);
    else linkOne(join(from, name), target);
  }
}

function linkOne(from: string, to: string): void {
  if (lstatSync(to, { throwIfNoEntry: false }) === undefined) symlinkSync(from, to);
}
