import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403;
  readonly why: string;
}

export interface GuardOptions {
  /** Whether the server listens on the loopback interface only. */
  readonly isLocal: boolean;
  /** What a request must show where the server can be reached from elsewhere. */
  readonly token: string | undefined;
}

export const TOKEN_COOKIE = 'otel_preload_view';

/**
 * Whether a request to the page's port may be answered.
 *
 * A browser lets any website send requests to this machine. So the name it asks for must be one of this machine's (a
 * foreign name may point here: DNS rebinding), and a request that another site's page makes is refused, unless it is a
 * click on a link.
 */
export function refusePageRequest(request: IncomingMessage, { isLocal, token }: GuardOptions): Refusal | undefined {
  const { headers } = request;
  if (isLocal && !isLoopbackName(headers.host)) return foreignHost(headers.host);
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return { status: 403, why: `requests from ${headers.origin} are not answered` };
  }
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const isForeign = site === 'cross-site' || site === 'same-site';
  if (isForeign && !(mode === 'navigate' && request.method === 'GET')) {
    return { status: 403, why: 'requests from another site are not answered' };
  }
  if (token !== undefined && !showsToken(request, token)) {
    return { status: 401, why: 'open the address that was printed at the start: it has the token in it' };
  }
  return undefined;
}

/** Whether a sender's request may be taken. Senders are no web pages: one that a page makes has an `Origin`. */
export function refuseSender({ headers }: IncomingMessage, { isLocal }: { isLocal: boolean }): Refusal | undefined {
  if (isLocal && !isLoopbackName(headers.host)) return foreignHost(headers.host);
  if (headers.origin !== undefined) return { status: 403, why: 'spans from web pages are not taken' };
  return undefined;
}

function foreignHost(host: string | undefined): Refusal {
  return { status: 403, why: `this is no server for ${host ?? 'a request without Host'}; ask 127.0.0.1 or localhost` };
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host ?? '');
}

function showsToken({ headers }: IncomingMessage, token: string): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const cookie = new RegExp(`(?:^|; *)${TOKEN_COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
  return isToken(bearer, token) || isToken(cookie, token);
}

/** Takes the same time whichever digit is wrong. */
export function isToken(shown: string | null | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(shown ?? ''), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
