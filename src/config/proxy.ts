import { loadBuiltin } from '../core/builtin.ts';
import { basicAuthorization, splitCredentials } from './credentials.ts';
import type { Settings } from './options.ts';

export type ProxySettings = Pick<Settings, 'httpProxy' | 'httpsProxy' | 'noProxy'>;

export interface Proxy {
  /** `http://host:port` or `https://host:port`. */
  readonly url: string;
  /** The value of `proxy-authorization`. */
  readonly authorization?: string;
}

/** Which option names the proxy for a URL; undefined where it is reached without one. */
export function proxyOption(url: string, settings: ProxySettings): 'httpProxy' | 'httpsProxy' | undefined {
  const { httpProxy, httpsProxy, noProxy = '' } = settings;
  if (httpProxy === undefined && httpsProxy === undefined) return undefined;
  const target = new URL(url);
  const option = target.protocol === 'https:' ? 'httpsProxy' : 'httpProxy';
  return settings[option] === undefined || isDirect(target, noProxy) ? undefined : option;
}

/** @returns undefined where it is no proxy that we can speak to */
export function parseProxy(text: string): Proxy | undefined {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!/^https?:/i.test(full) || !URL.canParse(full)) return undefined;
  const { url, user, password } = splitCredentials(full);
  const authorization = basicAuthorization(user, password);
  const { origin } = new URL(url);
  return authorization === undefined ? { url: origin } : { url: origin, authorization };
}

/**
 * Whether a host is reached without a proxy, by the rules of Go's `httpproxy`: this machine always; else hosts and
 * addresses of the list, `*` for all, subdomains of a name or only those of a name that begins with a dot, CIDR blocks, each
 * but these with a port or without.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
function isDirect({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replaceAll(/[[\]]/g, '');
  const hostPort = port || (protocol === 'https:' ? '443' : '80');
  const { isIP, BlockList } = loadBuiltin('node:net');
  const version = isIP(host);
  const isIn = (entry: string, prefix: number): boolean => {
    const family = isIP(entry) === 6 ? 'ipv6' : 'ipv4';
    if (version !== isIP(entry) || prefix > (version === 6 ? 128 : 32)) return false;
    const block = new BlockList();
    block.addSubnet(entry, prefix, family);
    return block.check(host, family);
  };
  if (host === 'localhost' || host === '::1' || isIn('127.0.0.0', 8)) return true;

  return noProxy.split(',').some((item) => {
    const entry = item.trim().toLowerCase();
    if (entry === '*') return true;
    const [, block = '', prefix] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? [];
    if (isIP(block) !== 0) return isIn(block, Number(prefix));
    const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(entry) ?? [];
    const wanted = bracketed ?? plain ?? entry;
    if (wanted === '' || (wantedPort ?? hostPort) !== hostPort) return false;
    if (isIP(wanted) !== 0) return isIn(wanted, isIP(wanted) === 6 ? 128 : 32);
    if (version !== 0) return false;
    const name = toAscii(wanted.replace(/^\*(?=\.)/, ''));
    return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
  });
}

/** Names of URLs are ASCII; so are those they are compared with. */
function toAscii(name: string): string {
  const dot = name.startsWith('.') ? '.' : '';
  const url = `http://${name.slice(dot.length)}`;
  return URL.canParse(url) ? dot + new URL(url).hostname : name;
}
