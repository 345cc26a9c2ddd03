/** Every way to end × every exporter × every kind of collector, beside the bare program, as a table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ended } from '../support/run.ts';
import { program } from './ends.ts';
import { columns, ends, tryOne, type Cell, type End } from './exits.ts';

/** Runs that are busy at the same time; those that wait for a collector which never answers are not. */
const BUSY = 2;

test('ends × exporters: bare’s code, output and moment, and every span arrives or is counted', async (t) => {
  const rows = ends.map((end) => ({ end, one: program(t, end.source, {}, end.flags), cells: [] as Cell[] }));
  const bare = new Map<End, Ended>();
  await atATime(BUSY, rows, async ({ end, one }) => void bare.set(end, await one.bare()));

  const jobs = rows.flatMap((row) =>
    columns
      // Where nothing can be done, there is nothing to do about a collector in trouble either.
      .map((column, at) => ({ ...row, column, at }))
      .filter(({ end, column }) => end.spans !== 'sealed' || column.collector === 'mock'),
  );
  const work = async ({ end, one, cells, column, at }: (typeof jobs)[number]): Promise<void> => {
    const without = bare.get(end);
    if (without !== undefined) cells[at] = await tryOne(end, column, one, without);
  };
  const isWaiting = ({ column }: (typeof jobs)[number]): boolean => column.collector === 'hole';
  const busy = jobs.filter((job) => !isWaiting(job));
  await Promise.all([atATime(BUSY, busy, work), atATime(1, jobs.filter(isWaiting), work)]);

  const head = ['', 'bare', ...columns.map(({ exporter, collector }) => `${exporter} ${collector.toUpperCase()}`)];
  const lines = rows.map(({ end, cells }) => {
    const { signal, code, ms } = bare.get(end) ?? {};
    const shown = columns
      .map((_, at) => cells[at])
      .map((cell) => (cell === undefined ? '' : `${cell.text}${cell.wrong.length > 0 ? ' ✖' : ''}`));
    return [end.name, `${signal ?? `code ${code}`}, ${Math.round(ms ?? 0)} ms`, ...shown];
  });
  console.log(
    `Spans of 40 that arrived[/were counted in the line at the end], and ms later than bare:\n${table(head, lines)}`,
  );

  const wrong = rows.flatMap(({ end, cells }) =>
    cells.flatMap((cell, at) => cell.wrong.map((what) => `${end.name}, ${head[at + 2]}: ${what}`)),
  );
  assert.deepEqual(wrong, []);
});

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines];
  const widths = head.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function atATime<T>(count: number, all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async (): Promise<void> => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
