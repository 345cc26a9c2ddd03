import type { ConnectionOptions } from 'node:tls';
import { serverNameOf } from './authority.ts';
import type { ProxyConfig } from './transport.ts';

/** What a proxy is to know of who asks it. */
export function proxyHeaders({ authorization }: Partial<ProxyConfig> = {}): Record<string, string> {
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}

/** For a proxy that speaks TLS itself, whom this process trusts as it does anybody. */
export function tlsOf(proxy: URL): ConnectionOptions | undefined {
  return proxy.protocol === 'https:' ? { servername: serverNameOf(proxy), ALPNProtocols: ['http/1.1'] } : undefined;
}
