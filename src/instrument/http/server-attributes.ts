import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { addTo, type AttributeList } from '../../core/attribute-list.ts';
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
 * What a server's span begins with. What its requests have in common comes first: the encoder copies what repeats.
 *
 * @param host that the request names
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function serverAttributes(
  request: ServerRequest,
  host: string | undefined,
  methodName: MethodName,
  captureHeaders: HeaderCapture | undefined,
): AttributeList {
  const { headers, method = 'GET', socket } = request;
  const scheme = schemeOf(request);
  const own = host ? authorities[scheme].parse(host) : undefined;
  const proxied = isProxied(headers);
  const authority = proxied ? (originalAuthority(headers) ?? own) : own;
  const { remoteAddress } = socket;
  const target = own?.isValid === false ? undefined : parseTarget(request.url ?? '/');
  const name = methodName(method);
  const list: AttributeList = [
    'http.request.method',
    name,
    'url.scheme',
    scheme,
    'network.protocol.version',
    request.httpVersion,
  ];
  addTo(list, 'server.address', authority?.address);
  addTo(list, 'server.port', authority?.port);
  addTo(list, 'network.peer.address', remoteAddress);
  addTo(list, 'client.address', (proxied ? originalClient(headers) : undefined) ?? (remoteAddress || undefined));
  addTo(list, 'user_agent.original', headers['user-agent']);
  addTo(list, 'network.peer.port', socket.remotePort);
  addTo(list, 'url.path', target?.path);
  addTo(list, 'url.query', target?.query);
  if (name !== method) list.push('http.request.method_original', method);
  if (captureHeaders !== undefined) {
    for (const [key, value] of Object.entries(captureHeaders((header) => headers[header]))) addTo(list, key, value);
  }
  return list;
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
