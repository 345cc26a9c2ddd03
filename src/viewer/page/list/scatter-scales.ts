import type { TraceRow } from '../../page-protocol.ts';
import { formatDuration } from '../format.ts';

export interface Scales {
  /** Where the plot begins, right of the labels. */
  readonly left: number;
  readonly x: (startUs: number) => number;
  readonly y: (durationUs: number) => number;
  readonly radius: (spanCount: number) => number;
  readonly timeAt: (x: number) => number;
  readonly durationAt: (y: number) => number;
  readonly durationTicks: readonly { readonly y: number; readonly label: string }[];
  readonly timeTicks: readonly { readonly x: number; readonly label: string }[];
}

const LEFT = 56;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 22;
const MIN_SPAN_US = 1e6;

/** Time is linear; durations are logarithmic, because they differ by powers of ten. */
export function createScales(rows: readonly TraceRow[], width: number, height: number): Scales {
  let [fromUs, toUs, lowUs, highUs] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [, startUs, durationUs] of rows) {
    fromUs = Math.min(fromUs, startUs);
    toUs = Math.max(toUs, startUs);
    lowUs = Math.min(lowUs, Math.max(1, durationUs));
    highUs = Math.max(highUs, Math.max(1, durationUs));
  }
  const isEmpty = rows.length === 0;
  if (isEmpty) [fromUs, toUs, lowUs, highUs] = [0, 0, 1000, 1000];
  const missingUs = Math.max(0, MIN_SPAN_US - (toUs - fromUs));
  fromUs -= missingUs / 2;
  toUs += missingUs / 2;
  const low = Math.log10(lowUs) - 0.1;
  const high = Math.max(Math.log10(highUs) + 0.1, low + 0.5);
  const plotWidth = width - LEFT - RIGHT;
  const plotHeight = height - TOP - BOTTOM;

  const x = (startUs: number): number => LEFT + ((startUs - fromUs) / (toUs - fromUs)) * plotWidth;
  const yOfLog = (log: number): number => TOP + (1 - (log - low) / (high - low)) * plotHeight;
  return {
    left: LEFT,
    x,
    y: (durationUs) => yOfLog(Math.log10(Math.max(1, durationUs))),
    radius: (spanCount) => Math.min(6, 2 + Math.log10(spanCount + 1)),
    timeAt: (at) => fromUs + ((at - LEFT) / plotWidth) * (toUs - fromUs),
    durationAt: (at) => 10 ** (low + (1 - (at - TOP) / plotHeight) * (high - low)),
    // a scale of nothing would be of times that nobody knows
    durationTicks: (isEmpty ? [] : ticks(low, high, plotHeight)).map((log) => ({
      y: yOfLog(log),
      label: axisLabel(10 ** log),
    })),
    timeTicks: (isEmpty ? [] : timeTicks(fromUs, toUs, plotWidth)).map((us) => ({
      x: x(us),
      label: clockOf(us, toUs - fromUs),
    })),
  };
}

/** Short: a power of ten has one digit, whatever the unit. */
function axisLabel(us: number): string {
  return us >= 1e6 ? `${Number((us / 1e6).toPrecision(3))} s` : formatDuration(us);
}

/** Powers of ten, or their 1, 2 and 5 where few of them are in sight. */
function ticks(low: number, high: number, plotHeight: number): number[] {
  const factors = high - low < 1.6 ? [1, 2, 5] : [1];
  const all: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const factor of factors) all.push(power + Math.log10(factor));
  }
  const inside = all.filter((log) => log >= low && log <= high);
  const step = Math.max(1, Math.ceil(inside.length / Math.max(1, Math.floor(plotHeight / 18))));
  return inside.filter((_, index) => index % step === 0);
}

const STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
];

function timeTicks(fromUs: number, toUs: number, plotWidth: number): number[] {
  const wanted = Math.max(2, Math.floor(plotWidth / 110));
  const seconds = (toUs - fromUs) / 1e6 / wanted;
  const stepUs = (STEPS_S.find((step) => step >= seconds) ?? Math.ceil(seconds / 86_400) * 86_400) * 1e6;
  const first = Math.ceil(fromUs / stepUs) * stepUs;
  return Array.from({ length: Math.floor((toUs - first) / stepUs) + 1 }, (_, index) => first + index * stepUs);
}

function clockOf(us: number, rangeUs: number): string {
  const date = new Date(us / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (rangeUs > 36 * 3600e6) return `${date.getDate()}.${date.getMonth() + 1}. ${time}`;
  if (rangeUs > 1200e6) return time;
  const seconds = `${time}:${two(date.getSeconds())}`;
  return rangeUs < 3e6 ? `${seconds}.${Math.floor(date.getMilliseconds() / 100)}` : seconds;
}
