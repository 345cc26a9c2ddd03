/** A part of a trace, in µs from its start. */
export interface Range {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Reads `from-to` of an address; all of the trace where there is none or it makes no sense. */
export function parseRange(text: string | null, durationUs: number): Range {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? [];
  const whole = { fromUs: 0, toUs: Math.max(1, durationUs) };
  if (from === undefined || to === undefined) return whole;
  const range = { fromUs: Number(from), toUs: Math.min(Number(to), whole.toUs) };
  return range.toUs > range.fromUs ? range : whole;
}

/** What two ends of a drag come to, at least 1 µs long; undefined where it is the whole trace. */
export function formatRange(aUs: number, bUs: number, durationUs: number): string | undefined {
  const fromUs = Math.max(0, Math.floor(Math.min(aUs, bUs)));
  const toUs = Math.min(Math.ceil(durationUs), Math.max(fromUs + 1, Math.ceil(Math.max(aUs, bUs))));
  return fromUs === 0 && toUs >= durationUs ? undefined : `${fromUs}-${toUs}`;
}
