import type { Attributes } from '@opentelemetry/api';
import { ok, warn, type Finding } from './finding.ts';

/** Whom the traces will be seen to be of. */
export function checkService(attributes: Attributes): Finding[] {
  const { 'service.name': name, address, namespace } = attributes as Readonly<Record<string, string | undefined>>;
  const of = namespace === undefined ? '' : ` of namespace ${namespace}`;
  const isUnknown = name?.startsWith('unknown_service') !== false;
  return [
    isUnknown
      ? warn(
          'service.name',
          `${name}: nobody has named the service`,
          'set OTEL_SERVICE_NAME, or a name in its package.json',
        )
      : ok('service.name', `${name}${of}`),
    address === undefined
      ? warn('service.address', 'no own address: this machine has no network but loopback', 'set TRACING_ADDRESS')
      : ok('service.address', address),
  ];
}
