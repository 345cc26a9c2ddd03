/** Characters of a text that are looked at: a value may be a file. */
const MAX_LENGTH = 32_768;

/**
 * Comments and names in backticks, which stay, and then what is masked: text in quotes, `X'00ff'`, and numbers. Text whose end is
 * missing goes to the end of all.
 */
const TOKENS =
  /\/\*(?!!)[^]*?\*\/|--\s[^\n]*|#[^\n]*|`[^`]*`|(?<literal>(?:\b[bnx])?'(?:[^'\\]|\\[^]?|'')*(?:'|$)|"(?:[^"\\]|\\[^]?|"")*(?:"|$)|\b0x[\da-f]+\b|\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)/gi;

/**
 * Puts `?` in the place of the values in an SQL text. What the text's author has written as a value is masked as well: it cannot be
 * told from one that was put in.
 */
export function maskValues(sql: string): string {
  return sql
    .slice(0, MAX_LENGTH)
    .replaceAll(TOKENS, (token: string, literal: string | undefined) => (literal === undefined ? token : '?'));
}
