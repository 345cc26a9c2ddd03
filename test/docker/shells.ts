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
