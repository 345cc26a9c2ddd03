import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { cpuSeconds, endedChildrenSeconds } from './proc.ts';

export interface LaunchOptions {
  /** File to run. */
  readonly program: string;
  /** The Node.js that runs it; the one of the bench without it. */
  readonly node?: string;
  readonly args?: readonly string[];
  /** Flags of Node.js, before the program. */
  readonly flags?: readonly string[];
  /** Merged over a clean environment of PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Core to pin to; unpinned without it, and where there is no `taskset` or no second core. */
  readonly core?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of Node.js that answers messages, one at a time. */
export interface Launched {
  readonly pid: number;
  /** What it has printed, both streams. */
  readonly output: string;
  /** Rejects where it cannot be started. */
  readonly ended: Promise<Ended>;
  /** Resolves with the next message; rejects where the process ends first, or is killed because none comes in two minutes. */
  next<T>(): Promise<T>;
  /** Sends a message and resolves with the next one that comes back. */
  ask<T>(message: object): Promise<T>;
  kill(signal: NodeJS.Signals): void;
}

/** Whether processes can be kept apart on cores of their own. */
export const canPin: boolean = availableParallelism() > 1 && onPath('taskset');

function onPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A run of load is the longest that a process is asked for. */
const ANSWER_LIMIT_MS = 120_000;

/** Those that must not outlive the bench. */
const running = new Set<ChildProcess>();

/** Processor time of this process and of all that it has started, those that have ended too. */
export function ownSeconds(): number {
  const pids = [...running].flatMap(({ pid, exitCode, signalCode }) => ((exitCode ?? signalCode) ? [] : (pid ?? [])));
  return [process.pid, ...pids].reduce((sum, pid) => sum + cpuSeconds(pid), endedChildrenSeconds(process.pid));
}
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a program of Node.js; what answers its messages is bench/apps/answer.cjs. */
export function launch({
  program,
  node = process.execPath,
  args = [],
  flags = [],
  env = {},
  cwd,
  core,
}: LaunchOptions): Launched {
  const { PATH, HOME, TMPDIR } = process.env;
  const command = [node, ...flags, program, ...args];
  if (core !== undefined && canPin) command.unshift('taskset', '--cpu-list', String(core));
  const [file = process.execPath, ...rest] = command;
  const child = spawn(file, rest, {
    cwd,
    env: { ...withoutUndefined({ PATH, HOME, TMPDIR }), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  let output = '';
  const print = (text: string): void => void (output += text);
  child.stdout?.setEncoding('utf8').on('data', print);
  child.stderr?.setEncoding('utf8').on('data', print);

  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  ended.catch(() => {});

  const messages: unknown[] = [];
  const waiters: ((message: unknown) => void)[] = [];
  child.on('message', (message) => {
    const waiter = waiters.shift();
    if (waiter === undefined) messages.push(message);
    else waiter(message);
  });

  function next<T>(): Promise<T> {
    if (messages.length > 0) return Promise.resolve(messages.shift() as T);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_LIMIT_MS);
      waiters.push((message) => {
        clearTimeout(timer);
        resolve(message as T);
      });
      void ended
        .then(
          ({ code, signal }) => reject(new Error(`${command.join(' ')} ended (${signal ?? code})\n${output}`)),
          reject,
        )
        .finally(() => clearTimeout(timer));
    });
  }

  return {
    pid: child.pid ?? -1,
    get output() {
      return output;
    },
    ended,
    next,
    ask<T>(message: object) {
      // Where the process is gone, `next` says so.
      child.send(message, () => {});
      return next<T>();
    },
    kill: (signal) => void child.kill(signal),
  };
}

function withoutUndefined(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
