import { createGrpcTransport } from './grpc-transport.ts';
import { createHttpTransport } from './http-transport.ts';
import type { Transport, TransportConfig } from './transport.ts';
import { createUdpTransport } from './udp-transport.ts';

/** Makes the transport that a configuration describes; inert until the first send. */
export function createTransport(config: TransportConfig): Transport {
  switch (config.kind) {
    case 'http':
      return createHttpTransport(config);
    case 'grpc':
      return createGrpcTransport(config);
    case 'udp':
      return createUdpTransport(config);
  }
}
