/** Severity of a line on stderr; `none` writes nothing. */
export type LogLevel = 'none' | 'error' | 'warn' | 'info' | 'debug' | 'verbose' | 'all';

const order: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5, all: 6 };

export interface Log {
  /** One line, not limited; for what is said at most once by its nature. */
  line(level: Exclude<LogLevel, 'none' | 'all'>, text: string): void;
  /**
   * One line at most once a minute for the same `trouble`; repeats in between are counted
   * and named by the next line.
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

const MINUTE_MS = 60_000;

/**
 * Creates the one place that writes to stderr: `otel-preload: ` and one line, however many the text has.
 *
 * The write is synchronous where stderr is a file, a pipe or a terminal on POSIX, so the line is there even if
 * the process ends right after it. A failing stderr is nobody's problem but its own.
 */
export function createLog({ level, write = writeStderr, nowMs = () => performance.now() }: LogOptions): Log {
  const troubles = new Map<string, { saidAtMs: number; unsaid: number }>();

  function emit(text: string): void {
    write(`otel-preload: ${text.replaceAll(/\s*\n\s*/g, ' ')}\n`);
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
      const known = troubles.get(trouble);
      if (known !== undefined && nowMs() - known.saidAtMs < MINUTE_MS) {
        known.unsaid++;
        return;
      }
      const repeats = known?.unsaid ? ` (${known.unsaid} more like it in the last minute)` : '';
      troubles.set(trouble, { saidAtMs: nowMs(), unsaid: 0 });
      if (enabled('error')) emit(text + repeats);
    },
    over(trouble, text) {
      if (troubles.delete(trouble) && enabled('error')) emit(text);
    },
  };
}

function writeStderr(line: string): void {
  try {
    process.stderr.write(line);
  } catch {
    // a closed stderr must not end the app
  }
}
