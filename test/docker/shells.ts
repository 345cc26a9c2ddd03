import { spawnSync } from 'node:child_process';

/** A POSIX shell that the entrypoint must work in: the `/bin/sh` of Debian, of Alpine, and of Red Hat's images. */
export interface Shell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

export const shells: readonly Shell[] = [
  { name: 'dash', command: ['dash'] },
  { name: 'busybox ash', command: ['busybox', 'ash'] },
  { name: 'bash', command: ['bash', '--posix'] },
];

/** @returns why nothing can be run in it on this machine, if so */
export function whyNot(shell: Shell): string | undefined {
  const [file, ...args] = shell.command;
  return spawnSync(file, [...args, '-c', ':']).status === 0 ? undefined : `${shell.name} is not installed`;
}

/** What starts a command as PID 1 of a namespace of its own, and kills it when it is killed itself. */
export const asPid1 = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** @returns why no PID namespace can be made here, if so */
export function whyNoPid1(): string | undefined {
  const { status, stderr, error } = spawnSync(asPid1[0], [...asPid1.slice(1), 'true'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `unshare --pid is not allowed here (${(error?.message ?? stderr).trim()})`;
}
