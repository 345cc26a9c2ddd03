/** Characters of a text that are looked at: a value may be a file. */
const MAX_LENGTH = 32_768;

/**
 * Names in backticks, which stay, comments, which are left out, and what is masked: text in quotes, `X'00ff'`, and numbers. What has no end
 * goes to the end of all.
 */
const TOKENS =
  /(?<name>`[^`]*`)|(?<comment>\/\*[^]*?(?:\*\/|$)|--(?=\s|$)[^\n]*|#[^\n]*)|(?<literal>(?:\b[bnx])?'(?:[^'\\]|\\[^]?|'')*(?:'|$)|"(?:[^"\\]|\\[^]?|"")*(?:"|$)|\b0x[\da-f]+\b|\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)/gi;

/**
 * Puts `?` in the place of the values in an SQL text. What the text's author has written as a value is masked as well: it cannot be
 * told from one that was put in. So may one have been in a comment.
 */
export function maskValues(sql: string): string {
  const mask = (_: string, name: string | undefined, comment: string | undefined): string =>
    name ?? (comment === undefined ? '?' : '');
  return sql.slice(0, MAX_LENGTH).replaceAll(TOKENS, mask);
}
