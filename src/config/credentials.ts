/** Takes the credentials out of a URL, decoded; they are absent where it has none. */
export function splitCredentials(text: string): { url: string; user?: string; password?: string } {
  // the first URL that a process parses takes half a millisecond
  if (!text.includes('@') || !URL.canParse(text)) return { url: text };
  const whole = new URL(text);
  const { username, password } = whole;
  if (username === '' && password === '') return { url: text };
  whole.username = '';
  whole.password = '';
  return { url: whole.href, user: decode(username), password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The value of an `authorization` header; undefined where there are no credentials. */
export function basicAuthorization(user: string | undefined, password: string | undefined): string | undefined {
  if (user === undefined && password === undefined) return undefined;
  return `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
}
