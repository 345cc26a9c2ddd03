/**
 * A Markdown table whose source is as easy to read as what is made of it: columns are as wide as their longest cell, and those
 * that begin with a digit in every row are set to the right.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const toRight = headings.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column] ?? '')));
  const line = (row: readonly string[]): string =>
    `| ${headings.map((_, column) => pad(row[column] ?? '', widths[column] ?? 3, toRight[column] ?? false)).join(' | ')} |`;
  const rule = widths.map((wide, column) => (toRight[column] ? `${'-'.repeat(wide - 1)}:` : '-'.repeat(wide)));
  return `${[line(headings), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')}\n`;
}

function isNumber(cell: string): boolean {
  return cell === '' || cell === '–' || /^[+−-]?\d/.test(cell);
}

function pad(cell: string, wide: number, toRight: boolean): string {
  const space = ' '.repeat(wide - cell.length);
  return toRight ? space + cell : cell + space;
}
