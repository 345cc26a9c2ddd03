import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './bench.ts';
import { svg } from './svg.ts';
import { table } from './table.ts';

/** The report as it is printed. */
export function toText({ title, about, headings, rows, notes }: Report, level: string): string {
  const remarks = notes.length === 0 ? '' : `\n${notes.join('\n')}\n`;
  return `${level} ${title}\n\n${about}\n\n${table(headings, rows)}${remarks}`;
}

/** Writes `<name>.md`, `.json` and `.svg`. */
export function writeResults(dir: string, name: string, report: Report, machine: string): void {
  mkdirSync(dir, { recursive: true });
  const plot = report.plots.length === 0 ? '' : `\n![${report.title}](${name}.svg)\n`;
  writeFileSync(join(dir, `${name}.md`), `${toText(report, '#')}${plot}\n${machine}\n`);
  writeFileSync(
    join(dir, `${name}.json`),
    `${JSON.stringify({ bench: name, machine, results: report.data }, rounded, 2)}\n`,
  );
  if (report.plots.length > 0) writeFileSync(join(dir, `${name}.svg`), svg(report.plots));
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
