import type { Plot } from './bench.ts';

const WIDTH = 760;
const LABEL = 150;
const BAR = 22;
const GAP = 10;
const TOP = 44;
const RIGHT = 90;

/** Horizontal bars with whiskers from the least to the most that was measured; one picture for all plots of a report. */
export function svg(plots: readonly Plot[]): string {
  let y = 0;
  const parts = plots.map((plot) => {
    const drawn = draw(plot, y);
    y += heightOf(plot);
    return drawn;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="13">
<rect width="${WIDTH}" height="${y}" fill="#fff"/>
${parts.join('')}</svg>
`;
}

function heightOf({ bars }: Plot): number {
  return TOP + bars.length * (BAR + GAP) + GAP;
}

function draw({ title, bars }: Plot, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value.max), Number.MIN_VALUE);
  const x = (value: number): number => round(LABEL + (Math.max(0, value) / most) * (WIDTH - LABEL - RIGHT));
  const lines = bars.map(({ label, value }, i) => {
    const y = top + TOP + i * (BAR + GAP);
    const middle = y + BAR / 2;
    const colour = label.startsWith('ours') ? '#1a7f5a' : '#8a94a6';
    return `<text x="${LABEL - 10}" y="${middle + 4}" text-anchor="end">${escape(label)}</text>
<rect x="${LABEL}" y="${y}" width="${round(x(value.median) - LABEL)}" height="${BAR}" fill="${colour}"/>
<path d="M${x(value.min)} ${middle}H${x(value.max)}M${x(value.min)} ${middle - 5}v10M${x(value.max)} ${middle - 5}v10" stroke="#222"/>
<text x="${x(value.max) + 8}" y="${middle + 4}">${format(value.median)}</text>
`;
  });
  return `<text x="12" y="${top + 26}" font-weight="600">${escape(title)}</text>
${lines.join('')}`;
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
