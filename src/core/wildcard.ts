/**
 * Whether a pattern fits the whole of a text: `?` stands for any character, `*` for any text.
 *
 * No regular expression: the texts may be a client's, and many stars would have one try every way there is.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  let from = 0;
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      starAt = from;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at++;
      from++;
    } else if (star === -1) return false;
    else {
      // the last star takes one character more
      at = star + 1;
      from = ++starAt;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
