import { UsageError } from './command.ts';

type Values = ReadonlyMap<string, string>;

const DAY_MS = 86_400_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS };

/** Each: undefined where the option is not given. @throws {UsageError} where its value makes no sense */
export function toPort(values: Values, name: string): number | undefined {
  const port = toNumber(values, name, 0);
  if (port !== undefined && port > 65_535) throw new UsageError(`--${name} is a port, 0 to 65535, got ${port}`);
  return port;
}

export function toNumber(values: Values, name: string, least = 1): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text) || Number(text) < least) {
    throw new UsageError(`--${name} is a whole number from ${least}, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** @returns ms */
export function toAge(values: Values, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const [, number, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (number === undefined)
    throw new UsageError(`--${name} is an age such as 30m, 12h or 7d, got ${JSON.stringify(text)}`);
  return Number(number) * (units[unit] ?? DAY_MS);
}
