/** Parameters whose values are hidden, those of signed URLs; names are case-sensitive. */
const SIGNATURES = [
  'sig',
  'Signature',
  'AWSAccessKeyId',
  'X-Goog-Signature',
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
];

/** What `URL` gives back as it is: no dot segment, nothing to be encoded, and no `//` that would begin a host. */
const PLAIN_PATH = /^(?!\/\/)(?:\/(?!\.|%2e)[\w.~!$&'()*+,;=:@%-]*)+$/i;
/** What `URLSearchParams` gives back as it is. */
const PLAIN_QUERY = /^[\w*.-]+=[\w*.+-]*(?:&[\w*.-]+=[\w*.+-]*)*$/;
const SIGNED = new RegExp(`(?:^|&)(?:${SIGNATURES.join('|')})=`);

/** Any host does: it is cut off again. */
const ANY_HOST = 'http://localhost';

/** A request's target, in its parts. */
export interface Target {
  readonly path: string;
  /** Without the question mark; undefined where that is missing or the last character. */
  readonly query: string | undefined;
}

/**
 * Splits what stands in a request line as WHATWG's `URL` would, which is asked only where it would change something.
 *
 * @returns undefined where it is no URL
 */
export function parseTarget(text: string): Target | undefined {
  const at = text.indexOf('?');
  const path = at === -1 ? text : text.slice(0, at);
  if (PLAIN_PATH.test(path)) {
    const query = at === -1 || at === text.length - 1 ? undefined : text.slice(at + 1);
    if (query === undefined) return { path, query };
    if (PLAIN_QUERY.test(query))
      return { path, query: SIGNED.test(query) ? hideSignatures(new URLSearchParams(query)) : query };
  }
  try {
    const { pathname, search, searchParams } = new URL(text, ANY_HOST);
    return { path: pathname, query: search === '' ? undefined : hideSignatures(searchParams) };
  } catch {
    return undefined;
  }
}

/** Also encodes everything again, as a form would. */
function hideSignatures(parameters: URLSearchParams): string {
  for (const name of SIGNATURES) if (parameters.has(name)) parameters.set(name, 'REDACTED');
  return parameters.toString();
}
