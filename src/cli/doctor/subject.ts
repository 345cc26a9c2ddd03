import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readContainerId } from '../../resource/container-id.ts';
import type { Probed } from './probe-command.ts';

/** The process that is to be traced: the command's, or one that would be started like doctor itself. */
export interface Subject {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Version of its Node.js. */
  readonly node: string;
  /** File of its program, where there is a command. */
  readonly entry: string | undefined;
  /** Where its packages are looked for. */
  readonly directory: string;
  readonly isContainer: boolean;
}

/** Runtimes tell by a file or, podman and systemd, by a variable; Kubernetes by its own. */
const CONTAINER_FILES = ['/.dockerenv', '/run/.containerenv'];

export function findSubject(probed: Probed | undefined, env: NodeJS.ProcessEnv, cwd: string): Subject {
  const { report } = probed ?? {};
  const seen = report === undefined ? env : { ...report.env };
  const isContainer =
    seen['container'] !== undefined ||
    seen['KUBERNETES_SERVICE_HOST'] !== undefined ||
    CONTAINER_FILES.some((file) => existsSync(file)) ||
    readContainerId() !== undefined;
  return {
    env: seen,
    cwd: report?.cwd ?? cwd,
    node: report?.node ?? process.versions.node,
    entry: report?.entry,
    directory: report === undefined ? cwd : dirname(report.entry),
    isContainer,
  };
}
