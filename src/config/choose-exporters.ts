import { basicAuthorization, splitCredentials } from './credentials.ts';
import type { Settings } from './options.ts';
import { parseProxy, proxyOption, type Proxy } from './proxy.ts';
import type { Sources } from './resolve.ts';
import type { Source } from './source.ts';
import { hasScheme, parseUnixAddress } from './url-type.ts';

/** One address that takes spans. */
export interface Endpoint {
  /** Complete and without credentials; for gRPC without a path. */
  readonly url: string;
  /** A unix socket in the place of the URL's host. */
  readonly socketPath?: string;
  readonly proxy?: Proxy;
  /** Names in lower case; the credentials of the address are among them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How spans are gathered for one exporter, where it has a way of its own. */
export type OwnBatching = Pick<Settings, 'scheduleDelayMs' | 'exportTimeoutMs' | 'maxQueueSize' | 'maxExportBatchSize'>;

interface AnyChoice {
  readonly batching?: OwnBatching;
}

export interface NetworkChoice extends AnyChoice {
  /** The first that takes spans gets them. */
  readonly endpoints: readonly Endpoint[];
  /** The longest that one attempt may take, with all endpoints. */
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly certificate?: string;
  readonly clientKey?: string;
  readonly clientCertificate?: string;
}

export interface JaegerHttpChoice extends NetworkChoice {
  readonly kind: 'jaeger-http';
}

export interface JaegerAgentChoice extends AnyChoice {
  readonly kind: 'jaeger-agent';
  readonly host: string;
  readonly port: number;
  readonly protocol: 'binary' | 'compact';
}

export interface OtlpChoice extends NetworkChoice {
  readonly kind: 'otlp';
  readonly protocol: Settings['otlpProtocol'];
  /** Nobody named an endpoint. */
  readonly isDefault: boolean;
}

export interface OtlpFileChoice extends AnyChoice {
  readonly kind: 'otlp-file';
  /** Undefined is stdout. */
  readonly path: string | undefined;
}

export interface ConsoleChoice extends AnyChoice {
  readonly kind: 'console';
}

export type ExporterChoice = JaegerHttpChoice | JaegerAgentChoice | OtlpChoice | OtlpFileChoice | ConsoleChoice;

const JAEGER_PATH = '/api/traces';
const OTLP_PATH = '/v1/traces';
const DEFAULT_JAEGER_URLS = [`http://localhost:14268${JAEGER_PATH}`];
const DEFAULT_OTLP_URLS = {
  'http/protobuf': [`http://localhost:4318${OTLP_PATH}`],
  'http/json': [`http://localhost:4318${OTLP_PATH}`],
  grpc: ['http://localhost:4317'],
} as const;
const AGENT_BINARY_PORT = 6832;
const AGENT_COMPACT_PORT = 6831;

/**
 * Decides where spans go: to the exporters that are named, else to Jaeger where anything of it is set, else by OTLP.
 *
 * @param sources decide between `TRACING_URL` and `OTEL_EXPORTER_JAEGER_ENDPOINT` where both are set; without them
 *   the first wins
 * @returns an empty list where `none` was named
 */
export function chooseExporters(settings: Settings, sources?: Sources): readonly ExporterChoice[] {
  const names = settings.tracesExporter ?? [namesJaeger(settings) ? 'jaeger' : 'otlp'];
  return names.map((name): ExporterChoice => {
    switch (name) {
      case 'jaeger':
        return chooseJaeger(settings, sources);
      case 'otlp':
        return chooseOtlp(settings);
      case 'otlp_file':
        return { kind: 'otlp-file', path: pathOf(settings.otlpFileStream) };
      case 'console':
        return { kind: 'console' };
    }
  });
}

function pathOf(stream: string): string | undefined {
  return stream === 'stdout' ? undefined : decodeURIComponent(new URL(stream).pathname);
}

function namesJaeger(settings: Settings): boolean {
  const { tracingUrl, jaegerEndpoint, jaegerUser, jaegerPassword, jaegerAgentHost, jaegerAgentPort } = settings;
  const named = [tracingUrl, jaegerEndpoint, jaegerUser, jaegerPassword, jaegerAgentHost, jaegerAgentPort];
  return named.some((value) => value !== undefined);
}

function chooseJaeger(settings: Settings, sources: Sources | undefined): JaegerHttpChoice | JaegerAgentChoice {
  const named = jaegerUrlOption(settings, sources);
  const { jaegerAgentHost, jaegerAgentPort, jaegerHeaders, jaegerUser, jaegerPassword } = settings;
  if (named === undefined && (jaegerAgentHost !== undefined || jaegerAgentPort !== undefined)) {
    const port = jaegerAgentPort ?? AGENT_BINARY_PORT;
    const protocol = port === AGENT_COMPACT_PORT ? 'compact' : 'binary';
    return { kind: 'jaeger-agent', host: jaegerAgentHost ?? 'localhost', port, protocol };
  }
  const endpoints = ((named && settings[named]) ?? DEFAULT_JAEGER_URLS).map((text) => {
    const { url, user, password } = splitCredentials(text);
    const authorization = basicAuthorization(jaegerUser ?? user, jaegerPassword ?? password);
    return reach(url, JAEGER_PATH, { ...given('authorization', authorization), ...jaegerHeaders }, settings);
  });
  return {
    kind: 'jaeger-http',
    endpoints,
    timeoutMs: settings.jaegerTimeoutMs,
    compression: settings.jaegerCompression,
    ...given('certificate', settings.jaegerCertificate),
    ...given('clientKey', settings.jaegerClientKey),
    ...given('clientCertificate', settings.jaegerClientCertificate),
  };
}

const rank: Readonly<Record<Source['kind'], number>> = { environment: 3, dotenv: 2, yaml: 1, default: 0 };

/** Which of its two names says where Jaeger is. */
export function jaegerUrlOption(settings: Settings, sources?: Sources): 'tracingUrl' | 'jaegerEndpoint' | undefined {
  const { tracingUrl, jaegerEndpoint } = settings;
  if (jaegerEndpoint === undefined) return tracingUrl === undefined ? undefined : 'tracingUrl';
  if (tracingUrl === undefined) return 'jaegerEndpoint';
  const isHigher = sources !== undefined && rank[sources.jaegerEndpoint.kind] > rank[sources.tracingUrl.kind];
  return isHigher ? 'jaegerEndpoint' : 'tracingUrl';
}

/** @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function chooseOtlp(settings: Settings): OtlpChoice {
  const protocol = settings.otlpTracesProtocol;
  const own = settings.otlpTracesEndpoint;
  const named = own ?? settings.otlpEndpoint;
  const endpoints = (named ?? DEFAULT_OTLP_URLS[protocol]).map((text) => {
    const { url, user, password } = splitCredentials(text);
    const headers = {
      ...given('authorization', basicAuthorization(user, password)),
      ...settings.otlpHeaders,
      ...settings.otlpTracesHeaders,
    };
    if (protocol === 'grpc') {
      const scheme = settings.otlpTracesInsecure ? 'http' : 'https';
      return reach(hasScheme(url) ? url : `${scheme}://${url}`, '', headers, settings);
    }
    const full = hasScheme(url) ? url : `http://${url}`;
    return own === undefined
      ? reach(full, '', headers, settings, named && OTLP_PATH)
      : reach(full, OTLP_PATH, headers, settings);
  });
  return {
    kind: 'otlp',
    protocol,
    endpoints,
    timeoutMs: settings.otlpTracesTimeoutMs,
    compression: settings.otlpTracesCompression,
    ...given('certificate', settings.otlpTracesCertificate),
    ...given('clientKey', settings.otlpTracesClientKey),
    ...given('clientCertificate', settings.otlpTracesClientCertificate),
    isDefault: named === undefined,
  };
}

/**
 * @param unixPath what a unix socket is asked for that is named without a path
 * @param appended what comes behind the path
 */
function reach(
  address: string,
  unixPath: string,
  headers: Endpoint['headers'],
  settings: Settings,
  appended?: string,
): Endpoint {
  const unix = parseUnixAddress(address);
  const whole = unix === undefined ? address : `http://localhost${unix.path || unixPath}`;
  const url = appended === undefined ? whole : appendPath(whole, appended);
  if (unix !== undefined) return { url, socketPath: unix.socketPath, headers };
  const option = proxyOption(url, settings);
  const proxy = option && parseProxy(settings[option] ?? '');
  return proxy === undefined ? { url, headers } : { url, proxy, headers };
}

/** Puts `path` behind the path of `url`, which may end with a slash. */
export function appendPath(url: string, path: string): string {
  const whole = new URL(url);
  whole.pathname = whole.pathname.replace(/\/+$/, '') + path;
  return whole.href;
}

/** A property that is absent rather than undefined. */
function given<Name extends string>(name: Name, value: string | undefined): { readonly [Key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: string });
}
