import type { IncomingHttpHeaders } from 'node:http';
import parseForwarded from 'forwarded-parse';
import { type Authority, parseAuthority } from './authority.ts';

/** Whether a proxy has written down whom it stands for; without that, nothing of this file is needed. */
export function isProxied(headers: IncomingHttpHeaders): boolean {
  return (
    headers.forwarded !== undefined ||
    headers['x-forwarded-host'] !== undefined ||
    headers['x-forwarded-for'] !== undefined
  );
}

/** The host that the client has asked for, by `Forwarded` or `X-Forwarded-Host`. */
export function originalAuthority(headers: IncomingHttpHeaders): Authority | undefined {
  const entry = entries(headers.forwarded).find(({ host }) => host);
  if (entry?.['host'] !== undefined) return parseAuthority(entry['host'], entry['proto']);
  const host = first(headers['x-forwarded-host']);
  return host === undefined ? undefined : parseAuthority(host, first(headers['x-forwarded-proto']));
}

/** The client's address without its port, by `Forwarded` or `X-Forwarded-For`. */
export function originalClient(headers: IncomingHttpHeaders): string | undefined {
  const by = entries(headers.forwarded).find((entry) => entry['for'])?.['for'];
  if (by !== undefined) return withoutPort(by);
  const list = first(headers['x-forwarded-for']);
  return list ? withoutPort((list.split(',')[0] ?? '').trim()) : undefined;
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function entries(header: string | undefined): Record<string, string>[] {
  if (!header) return [];
  try {
    return parseForwarded(header);
  } catch {
    return [];
  }
}

function withoutPort(address: string): string {
  try {
    const { hostname } = new URL(`http://${address}`);
    return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  } catch {
    return address;
  }
}
