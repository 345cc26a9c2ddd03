import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { Authorities } from './authority.ts';
import type { HeaderCapture } from './header-capture.ts';
import type { MethodName } from './method.ts';
import { isProxied, originalAuthority, originalClient } from './proxied.ts';
import { parseTarget } from './target.ts';

const authorities = { http: new Authorities('http'), https: new Authorities('https') };

/** What is read of a request, whichever version of HTTP it came by. */
export interface ServerRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly remotePort?: number | undefined;
    readonly encrypted?: boolean;
  };
}

/**
 * What a server's span begins with.
 *
 * @param host that the request names
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function serverAttributes(
  request: ServerRequest,
  host: string | undefined,
  methodName: MethodName,
  captureHeaders: HeaderCapture | undefined,
): Attributes {
  const { headers, method = 'GET', socket } = request;
  const scheme = schemeOf(request);
  const own = host ? authorities[scheme].parse(host) : undefined;
  const proxied = isProxied(headers);
  const authority = proxied ? (originalAuthority(headers) ?? own) : own;
  const { remoteAddress, remotePort } = socket;
  const target = own?.isValid === false ? undefined : parseTarget(request.url ?? '/');
  const name = methodName(method);
  const attributes: Attributes = {
    'http.request.method': name,
    'url.scheme': scheme,
    'server.address': authority?.address,
    'network.peer.address': remoteAddress,
    'network.peer.port': remotePort,
    'network.protocol.version': request.httpVersion,
    'user_agent.original': headers['user-agent'],
    'url.path': target?.path,
    'url.query': target?.query,
    'client.address': (proxied ? originalClient(headers) : undefined) ?? (remoteAddress || undefined),
    'server.port': authority?.port,
    'http.request.method_original': name === method ? undefined : method,
  };
  captureHeaders?.(attributes, (header) => headers[header]);
  return attributes;
}

/** What is counted of a request besides how it ends. */
export function serverMetricAttributes(request: ServerRequest, methodName: MethodName): Attributes {
  return {
    'http.request.method': methodName(request.method ?? 'GET'),
    'url.scheme': schemeOf(request),
    'network.protocol.version': request.httpVersion,
  };
}

function schemeOf({ socket }: ServerRequest): 'http' | 'https' {
  return socket.encrypted === true ? 'https' : 'http';
}
