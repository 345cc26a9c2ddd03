import type { Option } from './option.ts';

export const MASK = '***';

const MAX_MASKED_CHARS = 2048;
const NO_NEXT_URL = String.raw`(?!,\s*[a-z][a-z\d+.-]*:\/\/)`;
const CREDENTIALS = new RegExp(String.raw`([a-z][a-z\d+.-]*:\/\/|(?=[^\s"/@,=]*:))(?:${NO_NEXT_URL}[^\s"])*@`, 'gi');
const QUERY_VALUE = new RegExp(String.raw`([?&][^=&#\s]*=)(?:${NO_NEXT_URL}[^&#\s"])*`, 'gi');

/**
 * Hides what must not be shown of a URL or of each in a list, right or wrong: all up to its last `@`, and the values of its
 * query, where tokens live. An `@` in a path hides more than it must; a password that is cut at its own `/` would be worse.
 */
export function maskUrl(text: string): string {
  // The work grows with the square of the length. What is cut off may have had the `@` that tells credentials.
  if (text.length > MAX_MASKED_CHARS) return `${maskUrl(`${text.slice(0, MAX_MASKED_CHARS - 1)}@`)}…`;
  return text.replaceAll(CREDENTIALS, (_, scheme = '') => `${scheme}${MASK}@`).replaceAll(QUERY_VALUE, `$1${MASK}`);
}

/** The value of an option as it may be shown. */
export function showValue(row: Option, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return row.secret ? MASK : maskUrl(row.type.format(value));
}
