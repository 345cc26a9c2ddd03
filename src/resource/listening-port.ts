import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:net';

/** Published by `node:net` when a server listens, in a cluster's worker too; seen in Node.js 20, 22, 24 and 26. */
const LISTENING = 'tracing:net.server.listen:asyncEnd';

export interface PortWatch {
  close(): void;
}

export interface PortWatchOptions {
  /** Ports of servers that are not the app's, such as that of a Prometheus exporter. */
  readonly ignoredPorts?: readonly number[];
  /** Called when the port becomes known, and again where a later server takes its place. */
  readonly onPort: (port: number) => void;
}

/**
 * Learns the port of the app's own server: of the first that listens on TCP (HTTP, HTTPS, HTTP/2 and gRPC alike).
 *
 * A later one takes its place where the first has closed again (it only looked for a free port, say) or listens on
 * loopback only. Nothing is patched and nothing kept alive.
 */
export function watchListeningPort({ ignoredPorts = [], onPort }: PortWatchOptions): PortWatch {
  let known: { readonly server: WeakRef<Server>; readonly loopback: boolean } | undefined;

  function onListening(message: unknown): void {
    const { server } = message as { server: Server };
    const address = server.address();
    if (typeof address !== 'object' || address === null || ignoredPorts.includes(address.port)) return;
    const loopback = address.address === '::1' || address.address.startsWith('127.');
    const before = known?.server.deref();
    if (before?.listening && (!known?.loopback || loopback)) return;
    known = { server: new WeakRef(server), loopback };
    onPort(address.port);
  }

  subscribe(LISTENING, onListening);
  return { close: () => void unsubscribe(LISTENING, onListening) };
}
