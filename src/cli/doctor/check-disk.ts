import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { listSpool } from '../../spool/list-spool.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const NEARLY_FULL = 0.8;

export interface SpoolPlace {
  /** Absolute. */
  readonly directory: string;
  readonly maxBytes: number;
}

/** What waits on disk, and whether more may. */
export function checkSpool({ directory, maxBytes }: SpoolPlace): Finding[] {
  const why = whyNotWritable(directory);
  const place =
    why === undefined
      ? ok('spool.writable', directory)
      : fail(
          'spool.writable',
          `${why} ${directory}`,
          'give the directory to the user of the service, or set TRACING_SPOOL_DIR to another',
        );
  return why === 'ENOTDIR' ? [place] : [place, stateOf(directory, maxBytes)];
}

function stateOf(directory: string, maxBytes: number): Finding {
  const CHECK = 'spool.state';
  const files = listSpool(directory);
  if (files.length === 0) return ok(CHECK, 'nothing waits');
  const sum = files.reduce((bytes, file) => bytes + file.bytes, 0);
  const aside = files.filter(({ state }) => state === 'damaged' || state === 'refused');
  const waiting = files.filter(({ state }) => state === 'spool' || state === 'claimed');
  const spans = waiting.reduce((total, file) => total + file.spans, 0);
  const ageMs = Date.now() - Math.min(...files.map(({ writtenAtMs }) => writtenAtMs));
  const said = `${spans} spans wait in ${waiting.length} files; ${toMiB(sum)} of ${toMiB(maxBytes)} MiB, the oldest ${(ageMs / HOUR_MS).toFixed(1)} h old`;
  if (aside.length > 0) {
    const states = [...new Set(aside.map(({ state }) => state))].join(' or ');
    return warn(
      CHECK,
      `${said}; ${aside.length} files are set aside as ${states}`,
      'otel-preload spool ls shows them, spool purge deletes them',
    );
  }
  if (sum > NEARLY_FULL * maxBytes)
    return warn(
      CHECK,
      `${said}; nearly full`,
      'raise TRACING_SPOOL_MAX_BYTES, or mend what keeps spans from being sent',
    );
  return ok(CHECK, said);
}

function toMiB(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

/**
 * V8's compiled form of the preload, which makes a start quicker.
 *
 * @param directory where it is kept
 * @param node version of the Node.js that it is for
 */
export function checkCache(directory: string, node: string, isOff: boolean): Finding {
  const CHECK = 'cache.writable';
  if (isOff) return ok(CHECK, 'NODE_DISABLE_COMPILE_CACHE is set: each start compiles anew');
  const why = whyNotWritable(directory);
  if (why === undefined) return ok(CHECK, directory);
  const files = existsSync(directory) ? readdirSync(directory) : [];
  if (files.some((file) => file.includes(`-v${node}-`)))
    return ok(CHECK, `${directory} cannot be written (${why}), and has what this Node.js needs`);
  return warn(
    CHECK,
    `${why} ${directory}: each start compiles the preload anew, some 10 ms`,
    'start it once where the directory can be written, as when the image is built',
  );
}

/**
 * Tries, in the directory or where it would be made: rights alone do not tell of a file system that is read-only.
 *
 * @returns the error's code
 */
function whyNotWritable(directory: string): string | undefined {
  let at = resolve(directory);
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    rmdirSync(mkdtempSync(join(at, '.otel-preload-doctor-')));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
