import { createFailoverTransport } from './failover-transport.ts';
import { createFileTransport } from './file-transport.ts';
import { createGrpcTransport } from './grpc-transport.ts';
import { createHttpTransport } from './http-transport.ts';
import { silentLog, type Transport, type TransportConfig } from './transport.ts';
import { createUdpTransport } from './udp-transport.ts';

/** Makes the transport that a configuration describes; inert until the first send. */
export function createTransport(config: TransportConfig, log = silentLog): Transport {
  switch (config.kind) {
    case 'http':
      return createHttpTransport(config, log);
    case 'grpc':
      return createGrpcTransport(config);
    case 'udp':
      return createUdpTransport(config);
    case 'file':
      return createFileTransport(config);
    case 'failover': {
      const transports = config.targets.map((target) => createTransport(target, log));
      return createFailoverTransport(transports, log);
    }
  }
}
