import type { Option } from './option.ts';

export const MASK = '***';

/**
 * Hides what must not be shown of a URL: the credentials, and the values of its query, where tokens live.
 *
 * What is not a URL but looks as if it had credentials is hidden up to its last `@`: rather too much than too little.
 */
export function maskUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    return text.replace(/^([a-z]+:\/\/)[^/?#\\]*@/i, `$1${MASK}@`).replaceAll(/([?&][^=&#]*=)[^&#]*/g, `$1${MASK}`);
  }
  return text
    .replaceAll(/([a-z][a-z\d+.-]*:\/\/)[^\s"]*@/gi, `$1${MASK}@`)
    .replaceAll(/[^\s"/@,=]*:[^\s"@]*@/g, (found) => (found === `${MASK}@` ? found : `${MASK}@`))
    .replaceAll(/([?&][^=&#\s]*=)[^&#\s]*/g, `$1${MASK}`);
}

/** The value of an option as it may be shown. */
export function showValue(row: Option, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return row.secret ? MASK : maskUrl(row.type.format(value));
}
