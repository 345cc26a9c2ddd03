import type { Attributes } from '@opentelemetry/api';

const HOST_AND_PORT = /(?:^|[:/,])(?:\[([\da-f:.%\w]+)\]|([\w.+-]+)):(\d+)$/i;

/**
 * Where a client's channel leads to, if its target ends with host and port; of several addresses it is the last.
 *
 * @param target as gRPC names it: `dns:localhost:50051`, `ipv4:10.0.0.1:80,10.0.0.2:80`, `unix:/run/socket`
 */
export function targetAttributes(target: string): Attributes {
  const [, ipv6, host, port] = HOST_AND_PORT.exec(target) ?? [];
  const address = ipv6 ?? host;
  return address === undefined ? {} : { 'server.address': address, 'server.port': Number(port) };
}
