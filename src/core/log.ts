import { loadBuiltin } from './builtin.ts';

/** Severity of a line on stderr; `none` writes nothing. */
export type LogLevel = 'none' | 'error' | 'warn' | 'info' | 'debug' | 'verbose' | 'all';

const order: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5, all: 6 };

export interface Log {
  /** One line, not limited; for what is said at most once by its nature. */
  line(level: Exclude<LogLevel, 'none' | 'all'>, text: string): void;
  /**
   * One line at most once a minute for the same `trouble`; repeats in between are counted and named by the next line.
   * Ids of spans and traces make no other trouble of it.
   */
  trouble(trouble: string, text: string): void;
  /** Says once that `trouble` is over; silent where it was never said to have begun. */
  over(trouble: string, text: string): void;
  enabled(level: LogLevel): boolean;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly write?: (line: string) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs?: () => number;
}

interface Trouble {
  readonly saidAtMs: number;
  /** How often it came since. */
  unsaid: number;
  /** A trouble that comes and goes has one line a minute for both. */
  isOver: boolean;
}

const MINUTE_MS = 60_000;
/** Whoever words a trouble with something ever new in it must not have us keep all of them. */
const MAX_TROUBLES = 200;

/**
 * Creates the one place that writes to stderr: `otel-preload: ` and one line, however many the text has.
 *
 * The line is written before the call returns, so it is there even if the process ends right after it. A failing
 * stderr is nobody's problem but its own.
 */
export function createLog({ level, write = writeStderr, nowMs = () => performance.now() }: LogOptions): Log {
  const troubles = new Map<string, Trouble>();

  function emit(text: string): void {
    write(`otel-preload: ${text.trim().replaceAll(/\s*\p{Cc}+\s*/gu, ' ')}\n`);
  }

  function enabled(wanted: LogLevel): boolean {
    return order[wanted] <= order[level];
  }

  return {
    enabled,
    line(severity, text) {
      if (enabled(severity)) emit(text);
    },
    trouble(trouble, text) {
      const key = withoutIds(trouble);
      const known = troubles.get(key);
      if (known !== undefined && nowMs() - known.saidAtMs < MINUTE_MS) {
        known.unsaid++;
        return;
      }
      const repeats = known?.unsaid ? ` (${known.unsaid} more like it since the last line)` : '';
      troubles.delete(key);
      troubles.set(key, { saidAtMs: nowMs(), unsaid: 0, isOver: false });
      const [oldest] = troubles.keys();
      if (troubles.size > MAX_TROUBLES && oldest !== undefined) troubles.delete(oldest);
      if (enabled('error')) emit(text + repeats);
    },
    over(trouble, text) {
      const known = troubles.get(withoutIds(trouble));
      if (known === undefined || known.isOver) return;
      known.isOver = true;
      if (enabled('error')) emit(text);
    },
  };
}

function withoutIds(text: string): string {
  return text.replaceAll(/[\da-f]{16,}/gi, 'id');
}

// Taken before an instrumentation could wrap it.
const { writeSync } = loadBuiltin('node:fs');
const PAUSE_MS = 5;
const MAX_PAUSES = 20;

/**
 * Writes to the descriptor itself: a stream whose reader is gone would emit 'error', and nobody listens; in a worker
 * thread a stream needs the main thread to go on. A full pipe gets a moment to be read.
 */
function writeStderr(line: string): void {
  for (let pauses = 0; pauses < MAX_PAUSES; pauses++) {
    try {
      writeSync(2, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
