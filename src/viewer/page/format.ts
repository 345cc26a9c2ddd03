const counts = new Intl.NumberFormat('en');

/** With thousands apart. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 span`, `2 spans` */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Three digits that count: `417 µs`, `2.56 ms`, `1.24 s`, `2 min 3 s`. */
export function formatDuration(us: number): string {
  if (!Number.isFinite(us)) return '–';
  const size = Math.abs(us);
  if (size === 0) return '0 µs';
  if (size < 1) return `${Math.round(us * 1000)} ns`;
  if (size < 999.5) return `${threeDigits(us)} µs`;
  if (size < 999_500) return `${threeDigits(us / 1e3)} ms`;
  if (size < 60e6) return `${threeDigits(us / 1e6)} s`;
  if (size < 3600e6) return twoUnits(us / 1e6, 60, 'min', 's');
  return twoUnits(us / 60e6, 60, 'h', 'min');
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

function twoUnits(value: number, many: number, large: string, small: string): string {
  const rounded = Math.round(value);
  const rest = rounded % many;
  return `${Math.trunc(rounded / many)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

/** A difference with its sign. */
export function formatDifference(us: number): string {
  return us === 0 ? '±0' : `${us > 0 ? '+' : '−'}${formatDuration(Math.abs(us))}`;
}

export function formatShare(share: number): string {
  if (!Number.isFinite(share) || share === 0) return '0 %';
  const percent = share * 100;
  return percent < 0.1 ? '<0.1 %' : `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
  return `${Number((bytes / 1024 ** 2).toFixed(1))} MB`;
}

/** Requests a second, or a minute where a second has less than one. */
export function formatRate(requests: number, durationUs: number): string {
  const seconds = Math.max(1, durationUs / 1e6);
  const rate = requests / seconds;
  if (rate >= 1) return `${Number(rate.toFixed(rate < 10 ? 1 : 0))}/s`;
  return `${Number((rate * 60).toFixed(rate * 60 < 10 ? 1 : 0))}/min`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `12:04:31.204`, with the day where it is not today's. */
export function formatTime(us: number, nowMs: number = Date.now()): string {
  const date = new Date(us / 1000);
  if (Number.isNaN(date.getTime())) return '–';
  const ms = String(Math.floor(us / 1000) % 1000).padStart(3, '0');
  const time = `${clock.format(date)}.${ms}`;
  return date.toDateString() === new Date(nowMs).toDateString() ? time : `${day.format(date)}, ${time}`;
}

/** `now`, `12 s ago`, `3 min ago`; older ones by their time. */
export function formatAge(us: number, nowMs: number): string {
  const seconds = Math.round(nowMs / 1000 - us / 1e6);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return formatTime(us, nowMs).replace(/\.\d+$/, '');
}
