import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Running } from '../support/run.ts';

/** What starts a command as PID 1 of a namespace of its own, and kills it when it is killed itself. */
export const asPid1 = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** @returns why no PID namespace can be made here, if so */
export function whyNoPid1(): string | undefined {
  const { status, stderr, error } = spawnSync(asPid1[0], [...asPid1.slice(1), 'true'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `unshare --pid is not allowed here (${(error?.message ?? stderr).trim()})`;
}

/**
 * @param running a process that has led to a PID namespace, itself or by its children
 * @returns the namespace's PID 1, as it is called outside of it
 */
export function pid1Of(running: Running): number {
  for (let pid = running.pid; ;) {
    const [, names = ''] = /^NSpid:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    if (names.endsWith('\t1')) return pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (!/^\d+$/.test(children)) throw new Error(`process ${pid} has no single child: "${children}"`);
    pid = Number(children);
  }
}

/** Sends a signal to PID 1 from outside of its namespace, as container engines do. */
export function signalPid1(running: Running, signal: NodeJS.Signals): void {
  process.kill(pid1Of(running), signal);
}
