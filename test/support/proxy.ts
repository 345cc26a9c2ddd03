import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import type { Cleanup } from './cleanup.ts';

export interface ProxyOptions {
  /** `user:password` that a client must show. */
  readonly credentials?: string;
  /** TLS to the proxy itself. */
  readonly certificate?: Certificate;
  /** Where a host leads to in the place of itself, such as `jaeger:80` to `127.0.0.1:14268`. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Takes CONNECT and never answers it. */
  readonly isHole?: boolean;
}

export interface Proxy {
  readonly url: string;
  /** `POST http://host/path` or `CONNECT host:port`, in the order of arrival, refused ones too. */
  readonly asked: readonly string[];
}

/** Starts a proxy on 127.0.0.1 for whole URLs and for tunnels. */
export async function startProxy(t: Cleanup, options: ProxyOptions = {}): Promise<Proxy> {
  const { certificate, credentials, hosts = {}, isHole = false } = options;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = certificate === undefined ? createServer() : createSecureServer(certificate);
  const isKnown = ({ headers }: IncomingMessage): boolean =>
    credentials === undefined || headers['proxy-authorization'] === `Basic ${btoa(credentials)}`;
  const placeOf = (host: string): { hostname: string; port: string } => {
    const { hostname, port } = new URL(`http://${hosts[host] ?? host}`);
    return { hostname: hostname.replaceAll(/[[\]]/g, ''), port: port || '80' };
  };

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('request', (received: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = received;
    asked.push(`${method} ${url}`);
    if (!isKnown(received)) return response.writeHead(407).end();
    const { host, pathname, search } = new URL(url);
    const { 'proxy-authorization': _, ...passed } = headers;
    const onward = request({ ...placeOf(host), method, path: pathname + search, headers: passed }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    received.pipe(onward);
  });
  server.on('connect', (received: IncomingMessage, socket: Socket, head: Buffer) => {
    const { url = '' } = received;
    asked.push(`CONNECT ${url}`);
    socket.on('error', () => {});
    if (isHole) return;
    if (!isKnown(received)) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const { hostname, port } = placeOf(url);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const scheme = certificate === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
