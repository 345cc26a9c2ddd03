import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageVersion } from '../../instrument/package-version.ts';
import { ok, warn, type Finding } from './finding.ts';

interface Copy {
  readonly directory: string;
  readonly version: string;
}

const CHECK = 'api.copies';
const API = join('@opentelemetry', 'api');
/** Of the copy in our bundle. */
const OUR_MAJOR = '1';
/** A tree that is larger is not looked at to its end. */
const MAX_DIRECTORIES = 20_000;

/** Copies of `@opentelemetry/api` meet at a global of their major version: spans made by one of another go nowhere. */
export function checkApiCopies(directory: string): Finding {
  const copies = findApiCopies(directory);
  if (copies.length === 0) return ok(CHECK, 'the app brings no @opentelemetry/api, and needs none');
  const shown = copies.map(({ version, directory }) => `${version} in ${directory}`).join(', ');
  const strange = copies.filter(({ version }) => version.split('.')[0] !== OUR_MAJOR);
  if (strange.length === 0)
    return ok(CHECK, copies.length === 1 ? shown : `${copies.length} copies, which share one tracer: ${shown}`);
  const versions = strange.map(({ version }) => version).join(', ');
  const which = `${copies.length} ${copies.length === 1 ? 'copy' : 'copies'}: ${shown}`;
  return warn(
    CHECK,
    `${which}; what is made with ${versions} goes nowhere`,
    `update what depends on it to @opentelemetry/api ${OUR_MAJOR}`,
  );
}

/** Every copy in a node_modules from which something in the app's tree may take it. */
function findApiCopies(from: string): Copy[] {
  const seen = new Set<string>();
  const copies: Copy[] = [];

  function visitModules(modules: string): void {
    for (const name of entriesOf(modules)) {
      if (name.startsWith('@'))
        for (const scoped of entriesOf(join(modules, name))) visitPackage(join(modules, name, scoped));
      // where pnpm keeps what its links lead to
      else if (name === '.pnpm')
        for (const one of entriesOf(join(modules, name))) visitModules(join(modules, name, one, 'node_modules'));
      else if (!name.startsWith('.')) visitPackage(join(modules, name));
    }
  }

  function visitPackage(directory: string): void {
    const real = realPath(directory);
    if (real === undefined || seen.has(real) || seen.size > MAX_DIRECTORIES) return;
    seen.add(real);
    if (real.endsWith(API)) {
      const version = packageVersion(real);
      if (version !== undefined) copies.push({ directory: real, version });
    }
    visitModules(join(real, 'node_modules'));
  }

  for (let at = from; ; at = dirname(at)) {
    visitModules(join(at, 'node_modules'));
    if (dirname(at) === at) return copies;
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

function realPath(directory: string): string | undefined {
  try {
    return realpathSync(directory);
  } catch {
    return undefined;
  }
}
