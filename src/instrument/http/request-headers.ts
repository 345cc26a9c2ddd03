/** What of a request's headers concerns us, as the app has handed them over. */
export interface RequestHeaders {
  readonly userAgent: string | undefined;
  /** Node.js writes the head of the request at once, so that no header can be added to it later. */
  readonly isFinal: boolean;
}

const NOTHING: RequestHeaders = { userAgent: undefined, isFinal: false };

/** @param headers `options.headers`: an object, or a list of names and values */
export function readRequestHeaders(headers: unknown): RequestHeaders {
  if (typeof headers !== 'object' || headers === null) return NOTHING;
  if (Array.isArray(headers)) return { userAgent: undefined, isFinal: true };
  let userAgent: string | undefined;
  let isFinal = false;
  for (const name of Object.keys(headers)) {
    if (name.length === 10 && name.toLowerCase() === 'user-agent')
      userAgent = (headers as Record<string, string>)[name];
    else if (name.length === 6 && name.toLowerCase() === 'expect') isFinal = true;
  }
  return { userAgent, isFinal };
}

/** `headers` and more, in the form that they have; the app's own object stays as it is. */
export function withHeaders(headers: object, more: Readonly<Record<string, string>>): object {
  if (!Array.isArray(headers)) return { ...headers, ...more };
  const entries = Object.entries(more);
  return [...headers, ...(Array.isArray(headers[0]) ? entries : entries.flat())];
}
