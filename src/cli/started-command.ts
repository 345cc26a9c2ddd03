import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How a command has ended. */
export interface CommandEnd {
  /** Its own; 128 and the signal's number where a signal ended it, 126 or 127 where it could not be started. */
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
}

export interface StartedCommand {
  /** Sends it a signal, unless it has ended. */
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<CommandEnd>;
}

const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;

/** Starts a program of the user's; its streams are ours. What cannot be started is one line on stderr. */
export function startCommand([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): StartedCommand {
  const child = spawn(program, args, { env, stdio: 'inherit', shell: process.platform === 'win32' });
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      process.stderr.write(`otel-preload: cannot start ${program}: ${whyNot(program, code) ?? message}\n`);
      resolve({ code: code === 'ENOENT' ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE, signal: undefined });
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { code: code ?? 0, signal: undefined } : { code: codeOf(signal), signal });
    });
  });
  return { ended, signal: (signal) => void child.kill(signal) };
}

/** The exit code that tells of a signal, as shells have it. */
export function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function whyNot(program: string, code: string | undefined): string | undefined {
  if ((code === 'ENOENT' || code === 'EACCES') && /\.[cm]?[jt]sx?$/.test(program)) {
    return `it is no program; is node ${program} meant?`;
  }
  return code === 'ENOENT' ? 'there is no such program' : undefined;
}
