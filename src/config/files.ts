import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Looked for in the working directory, in this order, where `TRACING_CONFIG` names no file. */
export const yamlFileNames = ['tracing.yaml', 'tracing.yml', 'config/tracing.yaml'] as const;

/** The root where the working directory has been removed, as by a deployment: a service goes on without it. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

export type FileContent =
  | { readonly status: 'read'; readonly file: string; readonly content: string }
  | { readonly status: 'absent' }
  | { readonly status: 'unreadable'; readonly file: string; readonly reason: string };

/** @param file as it is named to the user, relative to `cwd` */
export function readTextFile(cwd: string, file: string): FileContent {
  const path = resolve(cwd, file);
  try {
    // the cheap question first: an exception for each file that is not there would cost more than all the rest
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return { status: 'absent' };
    return { status: 'read', file, content: readFileSync(path, 'utf8') };
  } catch (error) {
    return { status: 'unreadable', file, reason: reasonOf(error) };
  }
}

/** The first YAML file of those that are looked for. */
export function findYamlFile(cwd: string): FileContent {
  for (const name of yamlFileNames) {
    const found = readTextFile(cwd, name);
    if (found.status !== 'absent') return found;
  }
  return { status: 'absent' };
}

/** Without the path and the system call that Node.js appends. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+(?: '.*')?$/, '');
}
