import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A path below the user's cache (`$XDG_CACHE_HOME`, default `~/.cache`). */
export function cachePath(...names: string[]): string {
  // An empty variable means an unset one.
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), ...names);
}

/**
 * Makes a file or directory that stays for later runs, once, however many processes want it.
 *
 * `build` writes to a path of its own, and one rename puts it in place: nobody ever sees a half of
 * it. The lock (`<target>.lock`, holding the builder's pid) only spares the second builder the work.
 *
 * @returns the target
 */
export async function buildOnce(target: string, build: (unfinished: string) => Promise<void>): Promise<string> {
  const lock = `${target}.lock`;
  const unfinished = `${target}.${process.pid}.tmp`;
  mkdirSync(dirname(target), { recursive: true });
  while (!existsSync(target)) {
    if (!takeLock(lock)) {
      await delay(200);
      continue;
    }
    try {
      // Another builder may have ended between the look and the lock.
      if (existsSync(target)) break;
      await build(unfinished);
      renameSync(unfinished, target);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
      rmSync(lock, { force: true });
    }
  }
  return target;
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // A builder that was killed leaves its lock. Two that find it at once may both build: wasted work, no harm.
  if (isAbandoned(lock)) rmSync(lock, { force: true });
  return false;
}

function isAbandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Created and not yet written: its builder lives.
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

export interface Command {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a build tool to its end; rejects with what it said last. */
export function runTool(file: string, args: readonly string[], options: Command = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      const said = `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
      const why = error.code === 'ENOENT' ? 'not found' : `failed\n${said}`;
      reject(new Error(`${file} ${args[0] ?? ''}: ${why}`, { cause: error }));
    });
  });
}
