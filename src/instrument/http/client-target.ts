import type { RequestOptions } from 'node:http';
import { parseTarget } from './target.ts';

/** What `http.request` and its like are called with: a URL, options, or both, and a callback. */
export type RequestArguments = readonly unknown[];

/** Of the module whose function is called. */
export type Scheme = 'http' | 'https';

/** Where a request goes, from the arguments as the app has given them. */
export type ClientTarget = Pick<RequestOptions, 'protocol' | 'auth' | 'method'> & {
  readonly host?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly headers?: unknown;
};

/**
 * Reads the arguments as Node.js will.
 *
 * @returns undefined where Node.js will refuse them
 */
export function clientTarget([input, options]: RequestArguments): ClientTarget | undefined {
  if (typeof input === 'string') {
    const url = parse(input);
    return url && { host: url.host, ...ofUrl(url), ...objectOf(options) };
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  if (isUrl(input)) return { ...ofUrl(input), ...objectOf(options) };
  return input;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function objectOf(options: unknown): object {
  return typeof options === 'object' && options !== null ? options : {};
}

/** By its shape, as Node.js does it: there are more classes than the one of this realm. */
function isUrl(value: object): value is URL {
  const { href, protocol, auth, path } = value as Partial<Record<string, unknown>>;
  return Boolean(href && protocol && auth === undefined && path === undefined);
}

function ofUrl({ protocol, hostname, pathname, search, port, username, password }: URL): ClientTarget {
  return {
    protocol,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    path: `${pathname}${search}`,
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username || password ? { auth: `${username}:${password}` } : {}),
  };
}

/** Host and port that are connected to, as far as the arguments tell. */
export function serverOf(scheme: Scheme, target: ClientTarget): { readonly address: string; readonly port: number } {
  const { host, hostname, port } = target;
  const named = text(hostname);
  const given = typeof port === 'string' || typeof port === 'number' ? port : undefined;
  if (named && given) return { address: named, port: Number(given) };
  const [, before = 'localhost', after = ''] = /^([^:/ ]+)(:\d{1,5})?/.exec(text(host)) ?? [];
  const usual = protocolOf(scheme, target) === 'https:' ? 443 : 80;
  return { address: named || before, port: Number(given || after.slice(1) || usual) };
}

/** The URL that is asked for, without credentials and signatures. */
export function urlOf(scheme: Scheme, target: ClientTarget): string {
  const user = target.auth ? 'REDACTED:REDACTED@' : '';
  return `${protocolOf(scheme, target)}//${user}${hostOf(target)}${pathOf(target)}`;
}

function protocolOf(scheme: Scheme, { protocol }: ClientTarget): string {
  return protocol || `${scheme}:`;
}

function hostOf({ host, hostname, port, headers }: ClientTarget): string {
  const { host: header } = (headers ?? {}) as { readonly host?: unknown };
  const name = text(host) || text(hostname) || text(header) || 'localhost';
  const isIpv6 = name.includes(':', name.indexOf(':') + 1) && !name.startsWith('[');
  const authority = isIpv6 ? `[${name}]` : name;
  const number = typeof port === 'number' ? String(port || '') : text(port);
  if (number === '' || number === '80' || number === '443' || (!isIpv6 && name.includes(':'))) return authority;
  return `${authority}:${number}`;
}

function pathOf({ path }: ClientTarget): string {
  const given = text(path) || '/';
  const target = given.includes('?') ? parseTarget(given) : undefined;
  return target === undefined ? given : `${target.path}?${target.query ?? ''}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
