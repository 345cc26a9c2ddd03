import type { Agent, ClientRequest, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { loadBuiltin } from '../core/builtin.ts';
import { createClientRequest } from '../core/client-request.ts';
import { authorityOf, serverNameOf } from './authority.ts';
import { readTlsFiles } from './tls-files.ts';
import type { NetworkTarget } from './transport.ts';

const MAX_SOCKETS = 8;

export interface HttpClient {
  /** Makes a POST that is not yet sent. @throws what TLS says of keys and certificates, and what HTTP says of headers */
  post(headers: OutgoingHttpHeaders, deadlineMs: number): ClientRequest;
  /** The network failed: the next request asks anew where the target is, and reads the certificates anew. */
  startAfresh(): void;
  close(): void;
}

/**
 * Keeps the connections to one URL: its own host, a unix socket, or a proxy between.
 *
 * `node:http` is loaded by the first request, and what asks a proxy for a tunnel by the first that needs one.
 */
export function createHttpClient(config: NetworkTarget): HttpClient {
  const url = new URL(config.url);
  const isSecure = url.protocol === 'https:';
  const { proxy, socketPath, tls: { files, ...tls } = {} } = config;
  /** A proxy that is given the request itself. For TLS it is asked for a tunnel instead. */
  const forwarder = proxy === undefined || isSecure ? undefined : new URL(proxy.url);
  const hop = forwarder ?? url;
  const secrets = proxy?.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization };
  const options: RequestOptions = {
    method: 'POST',
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(forwarder === undefined
      ? {}
      : { path: `${url.origin}${url.pathname}${url.search}`, servername: serverNameOf(forwarder) }),
  };
  let agent: Agent | undefined;
  let lastDeadlineMs = 0;

  async function connectByTunnel(options: object): Promise<Duplex> {
    const { openTunnel } = await import('./proxy-tunnel.ts');
    if (proxy === undefined) throw new Error('no proxy');
    const socket = await openTunnel(proxy, authorityOf(url), lastDeadlineMs);
    return loadBuiltin('node:tls')
      .connect({ ...options, socket })
      .unref();
  }

  function openAgent(http: typeof import('node:https')): Agent {
    const opened = new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...(isSecure ? tls : {}) });
    if (proxy === undefined || forwarder !== undefined) return opened;
    opened.createConnection = (options, done) => {
      const fail = (error: Error): void => done?.(error, undefined as never);
      void connectByTunnel(options).then((socket) => done?.(null, socket), fail);
      return undefined;
    };
    return opened;
  }

  return {
    post(headers, deadlineMs) {
      const http = loadBuiltin(hop.protocol === 'https:' ? 'node:https' : 'node:http') as typeof import('node:https');
      agent ??= openAgent(http);
      lastDeadlineMs = deadlineMs;
      const more = forwarder === undefined ? {} : { host: url.host, ...secrets };
      return createClientRequest(hop, { ...options, agent, headers: { ...headers, ...more } });
    },
    startAfresh() {
      const idle = Object.values(agent?.freeSockets ?? {}).flatMap((sockets) => sockets ?? []);
      for (const socket of idle) socket.destroy();
      if (files === undefined || agent === undefined) return;
      const { options } = agent as Agent & { options: object };
      Object.assign(options, readTlsFiles(files));
    },
    close() {
      agent?.destroy();
    },
  };
}
