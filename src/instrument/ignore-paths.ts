/** Tells of a request's target, or the full name of a gRPC method, whether nothing is to be recorded of it. */
export type IgnorePaths = (target: string) => boolean;

/**
 * @param patterns paths, in which `*` stands for any text; they are compared with all before the query
 * @returns undefined where there is none
 */
export function ignorePaths(patterns: readonly string[]): IgnorePaths | undefined {
  if (patterns.length === 0) return undefined;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (target) => {
    const end = target.indexOf('?');
    const path = end === -1 ? target : target.slice(0, end);
    return exact.has(path) || wild.some((texts) => isMadeOf(path, texts));
  };
}

/**
 * Whether `path` is these texts in their order with anything between them. No regular expression: a path may be long and
 * made to have one try every way.
 */
function isMadeOf(path: string, texts: readonly string[]): boolean {
  const [first = ''] = texts;
  const last = texts.at(-1) ?? '';
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const text of texts.slice(1, -1)) {
    const found = path.indexOf(text, at);
    if (found === -1) return false;
    at = found + text.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
