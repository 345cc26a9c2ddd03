import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { tempDir } from './app.ts';
import { freePort } from './ports.ts';
import { start } from './run.ts';
import { skipOrFail } from './skip-or-fail.ts';

/** Starts a Redis of the test's own that keeps nothing. @returns its port; undefined where there is none, and the test is skipped */
export async function startRedis(t: TestContext): Promise<number | undefined> {
  if (!isThere('redis-server')) {
    skipOrFail(t, 'redis-server is not installed');
    return undefined;
  }
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  await start(t, { node: 'redis-server', args: settings, cwd: tempDir(t) }).ready(/Ready to accept connections/);
  return port;
}

/** Whether a program can be started by its name and says which version it is. */
export function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
