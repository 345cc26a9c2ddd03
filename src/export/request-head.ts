/** The codes of what is thrown, which are Node.js' own. */
const BAD_NAME = 'ERR_INVALID_HTTP_TOKEN';
const BAD_VALUE = 'ERR_INVALID_CHAR';
/** A header's value as HTTP allows it. https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The head of a request as HTTP/1.1 writes it, but for the empty line at its end.
 *
 * @param target path and query, a whole URL for a proxy, or `host:port`
 * @param headers of names that differ only in their case the last one counts
 * @throws {Error} where a header is none, see {@link isOfHeader}
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3
 */
export function requestHead(method: string, target: string, headers: Readonly<Record<string, string>>): string {
  const lines = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) throw coded(BAD_NAME, `"${name}" is no name of a header`);
    if (!VALUE.test(value)) throw coded(BAD_VALUE, `the header ${name} has a character that HTTP does not allow`);
    lines.set(name.toLowerCase(), value);
  }
  return `${method} ${target} HTTP/1.1\r\n${[...lines].map(([name, value]) => `${name}: ${value}\r\n`).join('')}`;
}

/** Whether an error is of a header that HTTP does not allow. */
export function isOfHeader(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === BAD_NAME || code === BAD_VALUE;
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
