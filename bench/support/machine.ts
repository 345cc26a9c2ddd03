import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { canPin } from './launch.ts';

/** On what, with what and when it was measured: one line. */
export function describeMachine(checkout: string): string {
  const [cpu] = cpus();
  return [
    `${cpu?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${type()} ${release()}`,
    `Node.js ${process.versions.node}`,
    canPin ? 'app alone on one core' : 'not pinned',
    `sources of ${commit(checkout)}`,
    new Date().toISOString().slice(0, 10),
  ].join('; ');
}

function commit(cwd: string): string {
  try {
    const run = (...args: string[]): string =>
      execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    // What is measured: a commit to the bench or to docs makes no other figures.
    const sources = ['--', 'src', 'register.ts', 'scripts/build.ts'];
    const changed = run('status', '--porcelain', ...sources) !== '';
    return run('log', '--max-count=1', '--format=%h', ...sources) + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}
