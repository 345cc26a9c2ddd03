import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { requireOption } from '../node-options.ts';
import type { ProbeReport } from './probe-report.ts';

export interface Probed {
  /** Undefined where no Node.js process of the command could be looked at. */
  readonly report: ProbeReport | undefined;
  /** The command's exit code; undefined where it was ended once there was a report. */
  readonly code: number | undefined;
  /** The end of what it wrote on stderr. */
  readonly stderr: string;
}

export interface ProbeOptions {
  /** Absolute path of the probe. */
  readonly probe: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** How long the command may take to its program; default 15 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const LAST_WORDS_MS = 1_000;
const MAX_STDERR_CHARS = 4_000;

/** Starts a command with the probe inside, which ends it before its program runs; see probe.ts. */
export async function probeCommand([program = '', ...args]: readonly string[], options: ProbeOptions): Promise<Probed> {
  const { probe, env, cwd, timeoutMs = TIMEOUT_MS } = options;
  // only this user may read in it what the environment holds
  const directory = mkdtempSync(join(tmpdir(), 'otel-preload-probe-'));
  const flag = requireOption(probe);
  const child = spawn(program, args, {
    cwd,
    env: {
      ...env,
      NODE_OPTIONS: `${flag} ${env['NODE_OPTIONS'] ?? ''}`.trim(),
      OTEL_PRELOAD_PROBE: directory,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
    // a group of its own, which can be ended whole
    detached: process.platform !== 'win32',
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-MAX_STDERR_CHARS)));
  const end: { code?: number } = {};
  const closed = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      end.code ??= code ?? 1;
      resolve();
    });
  });
  child.once('error', (error) => {
    stderr = error.message;
    end.code = 127;
  });
  try {
    const deadlineMs = performance.now() + timeoutMs;
    while (end.code === undefined && performance.now() < deadlineMs && finalReport(directory) === undefined) {
      await pause(POLL_MS);
    }
    const report = finalReport(directory) ?? reportsIn(directory).at(-1);
    // what it has to say about its end may still be under way
    if (report?.kind === 'unfinished') await Promise.race([closed, pause(LAST_WORDS_MS)]);
    return { report: report && withoutProbe(report, flag), code: end.code, stderr };
  } finally {
    killGroup(child);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** That of the app: a tool may still start it. */
function finalReport(directory: string): ProbeReport | undefined {
  return reportsIn(directory).find(({ kind }) => kind !== 'tool');
}

function reportsIn(directory: string): ProbeReport[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as ProbeReport);
}

/** The flags and the environment as the command has them without us. */
function withoutProbe(report: ProbeReport, flag: string): ProbeReport {
  const strip = (text: string): string => (text.startsWith(flag) ? text.slice(flag.length).trimStart() : text);
  const { OTEL_PRELOAD_PROBE: _, NODE_OPTIONS: options = '', ...env } = report.env;
  const flags = report.flags.map(strip).filter((text) => text !== '');
  return { ...report, flags, env: { ...env, NODE_OPTIONS: strip(options) } };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
