import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { setImmediate } from '../core/timers.ts';
import { authorityOf, hostOf, serverNameOf } from './authority.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { RequestOptions } from './http-connection.ts';
import { addressOf, openSocket, type OpenOptions } from './open-socket.ts';
import type { Answer } from './parse-answer.ts';
import { requestHead } from './request-head.ts';
import { proxyHeaders, tlsOf } from './proxy.ts';
import { readTlsFiles } from './tls-files.ts';
import type { NetworkTarget } from './transport.ts';

/** What is said of each payload; it is as it is, whatever is configured. */
const OF_PAYLOAD = /^(?:content-(?:encoding|length|type)|transfer-encoding)$/i;

/**
 * POSTs to one URL, over its own host, a unix socket, or a proxy between.
 *
 * What asks a proxy for a tunnel is loaded by the first request that needs one.
 */
export class HttpClient {
  readonly #config: NetworkTarget;
  readonly #url: URL;
  /** A proxy that is given the request itself. For TLS it is asked for a tunnel instead. */
  readonly #forwarder: URL | undefined;
  readonly #target: string;
  readonly #headers: Readonly<Record<string, string>>;
  /** All of a request's head that is always the same. */
  #head: string | undefined;
  /** Undefined where the target is not TLS. */
  #tls: ConnectionOptions | undefined;
  readonly #connections = new ConnectionPool((options) => this.#connect(options));

  constructor(config: NetworkTarget) {
    const url = new URL(config.url);
    const { proxy, tls: { files: _, ...texts } = {} } = config;
    const isSecure = url.protocol === 'https:';
    // whose certificate it has to be, whatever the connection goes over
    const host = hostOf(url);
    this.#config = config;
    this.#url = url;
    this.#forwarder = proxy === undefined || isSecure ? undefined : new URL(proxy.url);
    this.#tls = isSecure ? { ...texts, host, servername: serverNameOf(url), ALPNProtocols: ['http/1.1'] } : undefined;
    this.#target = `${this.#forwarder === undefined ? '' : url.origin}${url.pathname}${url.search}`;
    this.#headers = {
      host: url.host,
      connection: 'keep-alive',
      ...(this.#forwarder !== undefined && proxyHeaders(proxy)),
      ...Object.fromEntries(Object.entries(config.headers).filter(([name]) => !OF_PAYLOAD.test(name))),
    };
  }

  /**
   * Sends one request; again, where its connection turns out to have been closed before.
   *
   * @param headers of the body, besides those of the target
   * @throws what the network says, what TLS says of keys and certificates, and what HTTP says of headers
   */
  async post(headers: Readonly<Record<string, string>>, body: Uint8Array, options: RequestOptions): Promise<Answer> {
    this.#head ??= requestHead('POST', this.#target, this.#headers);
    let head = this.#head;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
    head += `content-length: ${body.length}\r\n\r\n`;
    for (;;) {
      // At an end the event loop does not turn any more, but promises may go on, and another thread sends what has not been sent.
      // And a connection that was closed while the loop stood still is known to be when it turns again.
      await nextTurn();
      const connection = await this.#connections.take(options.deadlineMs);
      try {
        return await connection.send(head, body, options);
      } catch (error) {
        // Each round uses up one idle connection.
        if (!connection.isStale) throw error;
      }
    }
  }

  /** The network failed: the next request asks anew where the target is, and reads the certificates anew. */
  startAfresh(): void {
    this.#connections.closeIdle();
    const { files } = this.#config.tls ?? {};
    if (files !== undefined && this.#tls !== undefined) this.#tls = { ...this.#tls, ...readTlsFiles(files) };
  }

  close(): void {
    this.#connections.close();
  }

  async #connect(options: OpenOptions): Promise<Socket> {
    const { socketPath, proxy } = this.#config;
    if (socketPath !== undefined) return await openSocket({ path: socketPath }, this.#tls, options);
    if (proxy === undefined) return await openSocket(addressOf(this.#url), this.#tls, options);
    if (this.#forwarder !== undefined)
      return await openSocket(addressOf(this.#forwarder), tlsOf(this.#forwarder), options);
    const { openTunnel } = await import('./proxy-tunnel.ts');
    const socket = await openTunnel(proxy, authorityOf(this.#url), options);
    try {
      return await openSocket({ socket }, this.#tls, options);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
