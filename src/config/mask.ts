import type { Option } from './option.ts';

export const MASK = '***';

/**
 * Hides what must not be shown of a URL, right or wrong: all up to its last `@`, and the values of its query, where
 * tokens live. An `@` in a path hides more than it must; a password that is cut at its own `/` would be worse.
 */
export function maskUrl(text: string): string {
  return text
    .replaceAll(/([a-z][a-z\d+.-]*:\/\/)[^\s"]*@|[^\s"/@,=]*:[^\s"@]*@/gi, (_, scheme = '') => `${scheme}${MASK}@`)
    .replaceAll(/([?&][^=&#\s]*=)[^&#\s"]*/g, `$1${MASK}`);
}

/** The value of an option as it may be shown. */
export function showValue(row: Option, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return row.secret ? MASK : maskUrl(row.type.format(value));
}
