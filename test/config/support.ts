import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as declarative from '../../src/config/declarative/load-declarative.ts';
import * as dotenv from '../../src/config/dotenv.ts';
import { loadSettings, type Loaded, type Readers } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/options.ts';
import type { Sources } from '../../src/config/resolve.ts';
import * as suggest from '../../src/config/suggest.ts';
import * as yaml from '../../src/config/yaml.ts';
import { tempDir } from '../support/app.ts';
import type { Cleanup } from '../support/cleanup.ts';

export const readers: Readers = {
  yaml: () => yaml,
  dotenv: () => dotenv,
  suggest: () => suggest,
  declarative: () => declarative,
};

/** A directory where no file can be. */
export const nowhere = '/nonexistent';

/** Loads settings as a program would that starts in a directory with these files. */
export function load(t: Cleanup, files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): Loaded {
  const cwd = tempDir(t);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  return loadSettings({ env, cwd, readers });
}

export function loadEnv(env: NodeJS.ProcessEnv): Loaded {
  return loadSettings({ env, cwd: nowhere, readers });
}

/** Settings and sources of an environment that has no problem of its own. */
export function settingsOf(env: NodeJS.ProcessEnv): { settings: Settings; sources: Sources } {
  return loadEnv(env);
}

export function texts({ problems }: Pick<Loaded, 'problems'>): readonly string[] {
  return problems.map(({ text }) => text);
}
