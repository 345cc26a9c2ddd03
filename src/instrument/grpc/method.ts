import type { Attributes } from '@opentelemetry/api';

/** What spans of a method's calls begin with, on either side. */
export interface Method {
  readonly spanName: string;
  /** By the older semantic conventions, as the instrumentation of OpenTelemetry for Node.js has them. */
  readonly attributes: Attributes;
}

/** @param path of the method, `/package.Service/Method` */
export function describeMethod(path: string): Method {
  const name = path.startsWith('/') ? path.slice(1) : path;
  const slash = name.indexOf('/');
  return {
    spanName: `grpc.${path.replace('/', '')}`,
    attributes: {
      'rpc.system': 'grpc',
      'rpc.method': slash === -1 ? '' : name.slice(slash + 1),
      'rpc.service': slash === -1 ? name : name.slice(0, slash),
    },
  };
}
