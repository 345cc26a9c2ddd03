import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadSettings, type Loaded } from '../config/load.ts';
import { createLog } from '../core/log.ts';
import type { Exporter } from '../export/exporter.ts';
import { createChosen, type LoadPart } from '../sdk/exporters.ts';
import { listSpool, type ListedFile } from '../spool/list-spool.ts';
import { UsageError, type Command, type CommandInput } from './command.ts';
import { readers } from './readers.ts';
import { textTable } from './text-table.ts';

const POLL_MS = 200;
const KIB = 1024;
const MINUTE_MS = 60_000;
/** What has not moved for so long is another process's, or none of these exporters can send it. */
const STALL_MS = 5_000;

/** @param load loads a part of the bundle: the exporters' encoders */
export function createSpoolCommand(load: LoadPart): Command {
  return {
    name: 'spool',
    summary: 'Shows, sends or deletes the spans that wait on disk.',
    usage: ['spool ls [--json]', 'spool replay', 'spool purge [--all]'],
    options: [
      { name: 'dir', short: 'd', value: 'DIRECTORY', default: 'TRACING_SPOOL_DIR', help: 'where they are' },
      { name: 'all', short: 'a', help: 'purge: deletes what still waits too, not only what was set aside' },
      { name: 'json', help: 'ls: prints JSON' },
    ],
    verbs: [
      { name: 'ls', help: 'shows each file and the sum' },
      { name: 'replay', help: 'sends what waits, by the exporters that are configured here' },
      { name: 'purge', help: 'deletes what was set aside' },
    ],
    takesFiles: true,
    takesCommand: false,
    run: async (input) => {
      const [verb, ...more] = input.files;
      if (more.length > 0) throw new UsageError(`what is ${String(more[0])}?`);
      const { directory, loaded } = locate(input);
      switch (verb) {
        case 'ls':
          return list(directory, input.switches.has('json'));
        case 'replay':
          return replay(directory, loaded, load);
        case 'purge':
          return purge(directory, input.switches.has('all'));
        default:
          throw new UsageError(verb === undefined ? 'spool ls, replay or purge?' : `spool cannot ${verb}`);
      }
    },
  };
}

function locate({ values }: CommandInput): { readonly directory: string; readonly loaded: Loaded } {
  const named = values.get('dir');
  const env = named === undefined ? process.env : { ...process.env, TRACING_SPOOL_DIR: named };
  const loaded = loadSettings({ env, cwd: process.cwd(), readers });
  const { spoolDirectory } = loaded.settings;
  if (spoolDirectory === undefined) throw new UsageError('no directory: set TRACING_SPOOL_DIR or give --dir');
  return { directory: resolve(spoolDirectory), loaded };
}

function filesIn(directory: string): ListedFile[] {
  try {
    return listSpool(directory);
  } catch (error) {
    throw new UsageError(`${directory} cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

function list(directory: string, json: boolean): number {
  const files = filesIn(directory);
  if (json) {
    process.stdout.write(`${JSON.stringify({ directory, files }, undefined, 2)}\n`);
    return 0;
  }
  const rows = files.map(({ writtenAtMs, state, spans, format, bytes }) => [
    new Date(writtenAtMs).toISOString(),
    state,
    `${spans} spans`,
    format,
    `${Math.ceil(bytes / KIB)} KiB`,
  ]);
  process.stdout.write(textTable(rows) + summary(directory, files));
  return 0;
}

function summary(directory: string, files: readonly ListedFile[]): string {
  const spans = files.reduce((sum, file) => sum + file.spans, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${spans} spans in ${files.length} files (${Math.ceil(bytes / KIB)} KiB) in ${directory}\n`;
}

/** Sends what waits by the configured exporters; each takes the files of its own encoding. */
async function replay(directory: string, { settings, choices }: Loaded, load: LoadPart): Promise<number> {
  const waiting = (): ListedFile[] =>
    filesIn(directory).filter(({ state }) => state === 'spool' || state === 'claimed');
  const log = createLog({ level: 'warn' });
  const ready = Promise.resolve();
  const exporters = choices.map((choice) => createChosen(choice, { ...settings, ready, log }, load));
  // nobody else keeps this process running
  const keepAlive = setInterval(() => {}, MINUTE_MS);
  let left = waiting().length;
  let movedAtMs = performance.now();
  while (left > 0 && !isDown(exporters) && performance.now() - movedAtMs < STALL_MS) {
    await pause(POLL_MS);
    const now = waiting().length;
    if (now !== left) movedAtMs = performance.now();
    left = now;
  }
  clearInterval(keepAlive);
  for (const exporter of exporters) exporter.takeUnsent();
  const sent = exporters.reduce((sum, exporter) => sum + (exporter.stats()?.replayed ?? 0), 0);
  process.stdout.write(`${sent} spans sent; ${waiting().reduce((sum, { spans }) => sum + spans, 0)} wait\n`);
  return left === 0 ? 0 : 1;
}

/** Nobody takes spans now. */
function isDown(exporters: readonly Exporter[]): boolean {
  return exporters.every((exporter) => exporter.stats()?.trouble !== undefined);
}

function purge(directory: string, all: boolean): number {
  const files = filesIn(directory).filter(({ state }) => all || state === 'damaged' || state === 'refused');
  for (const { file } of files) rmSync(join(directory, file), { force: true });
  process.stdout.write(`deleted ${summary(directory, files)}`);
  return 0;
}
