import { headers } from './pairs-type.ts';
import type { Option } from './option.ts';
import { endpoint, endpoints } from './url-type.ts';
import { boolean, oneOf, text, timeoutMilliseconds, type ValueType } from './value-type.ts';

const protocol = oneOf('http/protobuf', 'http/json', 'grpc');
const compression = oneOf('gzip', 'none');

/** The options that the specification has for OTLP, once for all signals and once for each of them. */
function rowsOf<Endpoint>(signal: '' | 'TRACES' | 'METRICS' | 'LOGS', endpointType: ValueType<Endpoint>) {
  const env = (name: string) => [`OTEL_EXPORTER_OTLP_${signal && `${signal}_`}${name}`];
  const yaml = (name: string) => `exporter.otlp.${signal && `${signal.toLowerCase()}.`}${name}`;
  const group = signal === 'METRICS' ? 'metrics' : signal === 'LOGS' ? 'logs' : 'otlp';
  const common = { sdk: true, group } as const;
  // a signal's own value goes before the general one; endpoints and headers are put together in choose-exporters.ts
  const inherits = (name: string) => (signal === '' ? {} : { inherits: `otlp${name}` });
  const of = signal === '' ? '' : `, for ${signal.toLowerCase()} only`;
  return {
    endpoint: {
      ...common,
      env: env('ENDPOINT'),
      yaml: yaml('endpoint'),
      type: endpointType,
      default: undefined,
      doc:
        signal === ''
          ? 'Where the collector is; over HTTP `/v1/traces` is appended. `http://localhost:4318` (gRPC: `:4317`) when unset. Several are a list: the first that takes spans gets them; metrics and logs go to the first that is no unix socket.'
          : `Where the collector takes ${signal.toLowerCase()}, used as it is${signal === 'TRACES' ? '; a list like the one for all signals' : ''}.`,
    },
    protocol: {
      ...common,
      ...inherits('Protocol'),
      env: env('PROTOCOL'),
      yaml: yaml('protocol'),
      type: protocol,
      default: 'http/protobuf',
      doc: `Encoding and transport${of}.`,
    },
    headers: {
      ...common,
      env: env('HEADERS'),
      yaml: yaml('headers'),
      type: headers,
      default: {},
      secret: true,
      doc: `Headers of each request${of}, \`name=value,name2=value2\`; in YAML a map.`,
    },
    timeoutMs: {
      ...common,
      ...inherits('TimeoutMs'),
      env: env('TIMEOUT'),
      yaml: yaml('timeout_ms'),
      type: timeoutMilliseconds,
      default: 10_000,
      doc: `The longest that one request may take${of}; 0 is no limit.`,
    },
    compression: {
      ...common,
      ...inherits('Compression'),
      env: env('COMPRESSION'),
      yaml: yaml('compression'),
      type: compression,
      default: 'none',
      doc: `Compression of requests${of}.`,
    },
    certificate: {
      ...common,
      ...inherits('Certificate'),
      env: env('CERTIFICATE'),
      yaml: yaml('certificate'),
      type: text,
      default: undefined,
      doc: `File with the certificates to trust, PEM${of}.`,
    },
    clientKey: {
      ...common,
      ...inherits('ClientKey'),
      env: env('CLIENT_KEY'),
      yaml: yaml('client_key'),
      type: text,
      default: undefined,
      doc: `File with the own private key for mutual TLS, PEM${of}.`,
    },
    clientCertificate: {
      ...common,
      ...inherits('ClientCertificate'),
      env: env('CLIENT_CERTIFICATE'),
      yaml: yaml('client_certificate'),
      type: text,
      default: undefined,
      doc: `File with the own certificate for mutual TLS, PEM${of}.`,
    },
    insecure: {
      ...common,
      ...inherits('Insecure'),
      env: env('INSECURE'),
      yaml: yaml('insecure'),
      type: boolean,
      default: false,
      doc: `No TLS for a gRPC endpoint without a scheme${of}.`,
    },
  } as const satisfies Readonly<Record<string, Option>>;
}

type Rows<Endpoint> = ReturnType<typeof rowsOf<Endpoint>>;

type Named<Prefix extends string, Endpoint> = {
  readonly [Name in keyof Rows<Endpoint> as `${Prefix}${Capitalize<Name>}`]: Rows<Endpoint>[Name];
};

function named<Prefix extends string, Endpoint>(prefix: Prefix, rows: Rows<Endpoint>): Named<Prefix, Endpoint> {
  const entries = Object.entries(rows).map(([name, row]) => [
    prefix + name.charAt(0).toUpperCase() + name.slice(1),
    row,
  ]);
  return Object.fromEntries(entries) as Named<Prefix, Endpoint>;
}

/** `otlpEndpoint`, `otlpTracesEndpoint`, `otlpMetricsEndpoint`, `otlpLogsEndpoint` and so on. */
export const otlpOptions = {
  ...named('otlp', rowsOf('', endpoints)),
  ...named('otlpTraces', rowsOf('TRACES', endpoints)),
  ...named('otlpMetrics', rowsOf('METRICS', endpoint)),
  ...named('otlpLogs', rowsOf('LOGS', endpoint)),
};
