import type { Sources } from './resolve.ts';
import type { Settings } from './options.ts';
import type { Source } from './source.ts';

export interface JaegerHttpChoice {
  readonly kind: 'jaeger-http';
  /** Without credentials. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly timeoutMs: number;
}

export interface JaegerAgentChoice {
  readonly kind: 'jaeger-agent';
  readonly host: string;
  readonly port: number;
  readonly protocol: 'binary' | 'compact';
}

export interface OtlpChoice {
  readonly kind: 'otlp';
  readonly protocol: Settings['otlpProtocol'];
  /** Complete and without credentials; for gRPC without a path, and perhaps without a scheme. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly certificate?: string;
  readonly clientKey?: string;
  readonly clientCertificate?: string;
  /** No TLS. */
  readonly insecure: boolean;
  /** Nobody named an endpoint. */
  readonly isDefault: boolean;
}

export interface ConsoleChoice {
  readonly kind: 'console';
}

export type ExporterChoice = JaegerHttpChoice | JaegerAgentChoice | OtlpChoice | ConsoleChoice;

const DEFAULT_JAEGER_URL = 'http://localhost:14268/api/traces';
const DEFAULT_OTLP_URL = {
  'http/protobuf': 'http://localhost:4318/v1/traces',
  'http/json': 'http://localhost:4318/v1/traces',
  grpc: 'http://localhost:4317',
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
      case 'console':
        return { kind: 'console' };
    }
  });
}

function namesJaeger(settings: Settings): boolean {
  const { tracingUrl, jaegerEndpoint, jaegerUser, jaegerPassword, jaegerAgentHost, jaegerAgentPort } = settings;
  const named = [tracingUrl, jaegerEndpoint, jaegerUser, jaegerPassword, jaegerAgentHost, jaegerAgentPort];
  return named.some((value) => value !== undefined);
}

function chooseJaeger(settings: Settings, sources: Sources | undefined): JaegerHttpChoice | JaegerAgentChoice {
  const named = jaegerUrlOption(settings, sources);
  const { jaegerAgentHost, jaegerAgentPort } = settings;
  if (named === undefined && (jaegerAgentHost !== undefined || jaegerAgentPort !== undefined)) {
    const port = jaegerAgentPort ?? AGENT_BINARY_PORT;
    const protocol = port === AGENT_COMPACT_PORT ? 'compact' : 'binary';
    return { kind: 'jaeger-agent', host: jaegerAgentHost ?? 'localhost', port, protocol };
  }
  const { url, user, password } = splitCredentials((named && settings[named]) ?? DEFAULT_JAEGER_URL);
  return {
    kind: 'jaeger-http',
    url,
    ...given('user', settings.jaegerUser ?? user),
    ...given('password', settings.jaegerPassword ?? password),
    timeoutMs: settings.jaegerTimeoutMs,
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
  const isGrpc = protocol === 'grpc';
  const own = settings.otlpTracesEndpoint;
  const named = own ?? settings.otlpEndpoint;
  const { url: endpoint, user, password } = splitCredentials(named ?? DEFAULT_OTLP_URL[protocol]);
  const scheme = endpoint.slice(0, endpoint.indexOf('://') + 1).toLowerCase();
  const hasScheme = scheme !== '';
  const full = hasScheme || isGrpc ? endpoint : `http://${endpoint}`;
  const url = isGrpc || named === undefined || own !== undefined ? full : appendPath(full, '/v1/traces');
  const headers = { ...settings.otlpHeaders, ...settings.otlpTracesHeaders };
  if (user !== undefined && headers['authorization'] === undefined) {
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
  }
  return {
    kind: 'otlp',
    protocol,
    url,
    headers,
    timeoutMs: settings.otlpTracesTimeoutMs,
    compression: settings.otlpTracesCompression,
    ...given('certificate', settings.otlpTracesCertificate),
    ...given('clientKey', settings.otlpTracesClientKey),
    ...given('clientCertificate', settings.otlpTracesClientCertificate),
    insecure: hasScheme ? scheme === 'http:' : !isGrpc || settings.otlpTracesInsecure,
    isDefault: named === undefined,
  };
}

/** Puts `path` behind the path of `url`, which may end with a slash. */
export function appendPath(url: string, path: string): string {
  const whole = new URL(url);
  whole.pathname = whole.pathname.replace(/\/+$/, '') + path;
  return whole.href;
}

function splitCredentials(text: string): { url: string; user?: string; password?: string } {
  // the first URL that a process parses takes half a millisecond
  if (!text.includes('@') || !URL.canParse(text)) return { url: text };
  const whole = new URL(text);
  const { username, password } = whole;
  if (username === '' && password === '') return { url: text };
  whole.username = '';
  whole.password = '';
  return { url: whole.href, user: decode(username), password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A property that is absent rather than undefined. */
function given<Name extends string>(name: Name, value: string | undefined): { readonly [Key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: string });
}
