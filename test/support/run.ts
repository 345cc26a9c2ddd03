import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from './cleanup.ts';

/** The checkout that is tested. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Absolute path of the preload: what `--import` and `--require` are given. */
export const preload = fileURLToPath(new URL('../../register', import.meta.url));

/** `--import <preload>`, to be put before the program. */
export function importFlag(file: string = preload): string[] {
  return ['--import', file];
}

/** `--require <preload>`, to be put before the program. */
export function requireFlag(file: string = preload): string[] {
  return ['--require', file];
}

/** The Node.js that programs run on: a line's binary under `npm run test:lines`, else the runner's own. */
export const testNode = process.env['TEST_NODE'] ?? process.execPath;

export interface StartOptions {
  /** Program to start; default `testNode`. */
  readonly node?: string;
  readonly args: readonly string[];
  /** Merged over a clean environment of PATH, HOME and TMPDIR; `undefined` takes one of these away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Written to stdin, which is then closed. Without it stdin is closed from the start. */
  readonly input?: string | Uint8Array;
}

export interface RunOptions extends StartOptions {
  /** Safety net: a program that still runs then is killed, and `run` rejects. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start of the process to its exit; output read after that is not in it. */
  readonly ms: number;
  readonly pid: number;
}

export interface Running {
  readonly pid: number;
  /** What it has printed up to now. */
  readonly stdout: string;
  readonly stderr: string;
  /** Settles when the process is gone and all its output has been read. */
  readonly ended: Promise<Ended>;
  /** Waits until stdout matches; rejects where the process ends first or the time is over (default 15 s). */
  ready(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal to the process, and to it alone. */
  signal(signal: NodeJS.Signals): void;
}

function cleanEnvironment(changes: StartOptions['env'] = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const all = { PATH, HOME, TMPDIR, ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function describe(options: StartOptions): string {
  return [options.node ?? testNode, ...options.args].join(' ');
}

function quote(stdout: string, stderr: string): string {
  return `\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}

/** Starts a real process that goes on; it is killed at the end of the test at the latest. */
export function start(t: Cleanup, options: StartOptions): Running {
  const running = launch(options);
  t.after(async () => {
    running.signal('SIGKILL');
    await running.ended.catch(() => {});
  });
  return running;
}

/** Runs a real process to its end; only a program that cannot be started or hangs is an error. */
export async function run(options: RunOptions): Promise<Ended> {
  const { timeoutMs = 30_000 } = options;
  const running = launch(options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    running.signal('SIGKILL');
  }, timeoutMs);
  try {
    const ended = await running.ended;
    if (late) {
      throw new Error(
        `${describe(options)} still ran after ${timeoutMs} ms; killed${quote(ended.stdout, ended.stderr)}`,
      );
    }
    return ended;
  } finally {
    clearTimeout(timer);
  }
}

function launch(options: StartOptions): Running {
  const startedMs = performance.now();
  const child = spawn(options.node ?? testNode, options.args, {
    cwd: options.cwd,
    env: cleanEnvironment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let exitedMs = 0;
  let gone = false;
  const watchers = new Set<() => void>();

  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program need not read its input: EPIPE is its right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');

  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      exitedMs = performance.now();
    });
    child.once('close', (code, signal) => {
      gone = true;
      resolve({ code, signal, stdout, stderr, ms: exitedMs - startedMs, pid: child.pid ?? -1 });
    });
  });
  // Whoever needs the end asks for it; a failed start must not end the test runner before that.
  ended.catch(() => {});

  return {
    pid: child.pid ?? -1,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    ready(pattern, timeoutMs = 15_000) {
      return new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          clearTimeout(timer);
          watchers.delete(watch);
          finish();
        };
        const fail = (why: string): void => {
          settle(() => reject(new Error(`${describe(options)} ${why}${quote(stdout, stderr)}`)));
        };
        const watch = (): void => {
          const match = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')).exec(stdout);
          if (match) settle(() => resolve(match));
        };
        const timer = setTimeout(() => fail(`did not print ${pattern} within ${timeoutMs} ms`), timeoutMs);
        watchers.add(watch);
        watch();
        ended.then(
          ({ code, signal }) => fail(`ended (${signal ?? `code ${code}`}) before it printed ${pattern}`),
          (error: unknown) => fail(`could not be started: ${String(error)}`),
        );
      });
    },
    signal(signal) {
      if (!gone) child.kill(signal);
    },
  };
}
