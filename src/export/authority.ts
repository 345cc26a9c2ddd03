import { loadBuiltin } from '../core/builtin.ts';
import type { NetworkTarget } from './transport.ts';

/** `host:port`, also where the URL leaves its port out. */
export function authorityOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replaceAll(/[[\]]/g, '');
}

/** What TLS asks for: a name, never an address. */
export function serverNameOf({ hostname }: URL): string {
  return hostname.startsWith('[') || loadBuiltin('node:net').isIP(hostname) !== 0 ? '' : hostname;
}

/** What a target is called in messages: its address without credentials and query. */
export function targetOf({ socketPath }: Pick<NetworkTarget, 'socketPath'>, { origin, pathname }: URL): string {
  return `${socketPath === undefined ? origin : `unix:${socketPath}`}${pathname}`;
}
