import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../support/cleanup.ts';
import { checkout } from '../support/run.ts';

/** An entrypoint with a preload beside it that only notes which program it was loaded into. */
export interface InstalledEntrypoint {
  readonly file: string;
  readonly register: string;
  /** A directory for apps. */
  readonly apps: string;
  /** Writes an app. @returns its path */
  app(name: string, source: string): string;
  /** The programs that were traced, in the order of their start. */
  traced(): string[];
}

/** @param folder its name, below a temporary directory; the default has a space in it */
export function installEntrypoint(t: Cleanup, folder = 'the preload'): InstalledEntrypoint {
  const root = mkdtempSync(join(tmpdir(), 'entrypoint-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, folder);
  const apps = join(root, 'apps');
  const log = join(root, 'traced');
  mkdirSync(join(home, 'dist'), { recursive: true });
  mkdirSync(apps);
  copyFileSync(join(checkout, 'docker/entrypoint'), join(home, 'entrypoint'));
  copyFileSync(join(checkout, 'register'), join(home, 'register'));
  writeFileSync(
    join(home, 'dist/register.js'),
    `require('node:fs').appendFileSync(${JSON.stringify(log)}, (process.argv[1] ?? 'node') + '\\n');\n`,
  );
  writeFileSync(log, '');
  return {
    file: join(home, 'entrypoint'),
    register: join(home, 'register'),
    apps,
    app(name, source) {
      const file = join(apps, name);
      writeFileSync(file, source);
      return file;
    },
    traced: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
  };
}
