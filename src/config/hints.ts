import {
  appendPath,
  jaegerUrlOption,
  type ExporterChoice,
  type JaegerAgentChoice,
  type NetworkChoice,
  type OtlpChoice,
} from './choose-exporters.ts';
import { maskUrl } from './mask.ts';
import type { SettingName, Settings } from './options.ts';
import type { Problem } from './problem.ts';
import { proxyOption } from './proxy.ts';
import type { Sources } from './resolve.ts';
import { nameInSource } from './source.ts';
import { hasScheme, parseUnixAddress } from './url-type.ts';

/** What ports that people mix up are for. */
const otherPorts: Readonly<Record<string, string>> = {
  '14250': "Jaeger's port for agents, by gRPC",
  '14268': "Jaeger's port for Thrift",
  '16686': "Jaeger's web page",
  '4317': 'the port of OTLP by gRPC',
  '4318': 'the port of OTLP by HTTP',
  '6831': "an agent's UDP port",
  '6832': "an agent's UDP port",
};

/**
 * Values that are right by themselves and used as they are, but will hardly do what was meant: one line each, which
 * names the fix.
 */
export function hintsFor(choices: readonly ExporterChoice[], settings: Settings, sources: Sources): readonly Problem[] {
  const hints: (string | undefined)[] = [];
  for (const choice of choices) {
    if (choice.kind === 'jaeger-http') hints.push(...jaegerUrlHints(settings, sources));
    if (choice.kind === 'jaeger-agent') hints.push(agentHint(choice, sources));
    if (choice.kind === 'otlp') hints.push(...otlpHints(choice, settings, sources));
    if ('endpoints' in choice) hints.push(...proxyHints(choice, settings, sources));
  }
  hints.push(samplerHint(settings, sources));
  return hints.filter((hint) => hint !== undefined).map((text) => ({ severity: 'hint', text }));
}

function named(name: SettingName, sources: Sources): string | undefined {
  const source = sources[name];
  return source.kind === 'default' ? undefined : nameInSource(source);
}

/** Says one item of a list, or the only one. */
function said(option: SettingName, items: readonly string[], item: string, sources: Sources): string {
  return `${named(option, sources)} ${items.length === 1 ? 'is' : 'has'} ${maskUrl(item)}`;
}

function jaegerUrlHints(settings: Settings, sources: Sources): readonly (string | undefined)[] {
  const option = jaegerUrlOption(settings, sources);
  const items = (option && settings[option]) ?? [];
  return items.map((item) => option && jaegerUrlHint(item, said(option, items, item, sources)));
}

function jaegerUrlHint(text: string, is: string): string | undefined {
  if (isWholeUnix(text)) return undefined;
  const url = new URL(text);
  const host = url.hostname;
  if (url.port === '4317' || url.port === '4318') {
    const fix = `OTEL_TRACES_EXPORTER=otlp and OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:4318`;
    return `${is}, ${otherPorts[url.port]}; set ${fix}, or use Jaeger's http://${host}:14268/api/traces`;
  }
  if (url.port === '6831' || url.port === '6832') {
    const fix = `OTEL_EXPORTER_JAEGER_AGENT_HOST=${host} and OTEL_EXPORTER_JAEGER_AGENT_PORT=${url.port}`;
    return `${is}, ${otherPorts[url.port]}; set ${fix} instead`;
  }
  if (url.port === '16686' || url.port === '14250') {
    return `${is}, ${otherPorts[url.port]}; Jaeger takes spans at http://${host}:14268/api/traces`;
  }
  if (url.pathname.endsWith('/api/traces')) return undefined;
  const path = url.pathname.replace(/(\/api)?(\/traces)?\/*$/, '');
  url.pathname = '';
  return `${is}, without /api/traces; did you mean ${maskUrl(appendPath(url.href, `${path}/api/traces`))}?`;
}

function agentHint({ host, port }: JaegerAgentChoice, sources: Sources): string | undefined {
  const meaning = port === 6831 || port === 6832 ? undefined : otherPorts[port];
  if (meaning === undefined) return undefined;
  const fix =
    port === 4317 || port === 4318
      ? `set OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:4318 and OTEL_TRACES_EXPORTER=otlp instead`
      : `set OTEL_EXPORTER_JAEGER_ENDPOINT=http://${host}:14268/api/traces, or use port 6832 of an agent`;
  return `${named('jaegerAgentPort', sources)} is ${port}, ${meaning}; ${fix}`;
}

function otlpHints(choice: OtlpChoice, settings: Settings, sources: Sources): readonly (string | undefined)[] {
  const option = settings.otlpTracesEndpoint === undefined ? 'otlpEndpoint' : 'otlpTracesEndpoint';
  const items = settings[option] ?? [];
  const source = sources[option];
  const fixes = source.kind === 'yaml' && source.column !== undefined ? declaredFixes : variableFixes;
  return items.map((item) => otlpHint(item, said(option, items, item, sources), option, choice.protocol, fixes));
}

/** What to do about a port of something else, in the words of the place where it stands. */
interface Fixes {
  readonly http: string;
  readonly grpc: string;
  readonly jaeger: (url: string) => string;
}

const variableFixes: Fixes = {
  http: 'or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  grpc: 'or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
  jaeger: (url) => `set TRACING_URL=${url} instead`,
};

const declaredFixes: Fixes = {
  http: 'or otlp_http in place of otlp_grpc',
  grpc: 'or otlp_grpc in place of otlp_http',
  jaeger: (url) => `write jaeger: { endpoint: ${url} } instead`,
};

function otlpHint(
  text: string,
  is: string,
  option: 'otlpEndpoint' | 'otlpTracesEndpoint',
  protocol: OtlpChoice['protocol'],
  fixes: Fixes,
): string | undefined {
  if (isWholeUnix(text)) return undefined;
  const full = hasScheme(text) ? text : `http://${text}`;
  const url = new URL(full);
  if (protocol === 'grpc') {
    if (url.port === '4318') {
      return `${is}, ${otherPorts[url.port]}, but the protocol is grpc; use port 4317, ${fixes.http}`;
    }
  } else if (url.port === '4317') {
    return `${is}, ${otherPorts[url.port]}, but the protocol is ${protocol}; use port 4318, ${fixes.grpc}`;
  }
  if (url.port === '14268')
    return `${is}, ${otherPorts[url.port]}; ${fixes.jaeger(`http://${url.hostname}:14268/api/traces`)}`;
  if (url.port === '16686') return `${is}, ${otherPorts[url.port]}; it takes OTLP at http://${url.hostname}:4318`;
  if (protocol === 'grpc') return undefined;
  if (full !== text) {
    return `${is}, without a scheme; taken as ${option === 'otlpEndpoint' ? appendPath(full, '/v1/traces') : full}`;
  }
  if (option === 'otlpEndpoint' && /\/v1\/traces\/?$/.test(url.pathname)) {
    return `${is}, and /v1/traces is appended to it; leave it out, or set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT instead`;
  }
  if (option === 'otlpTracesEndpoint' && url.pathname === '/') {
    return `${is}, without a path and used as it is; did you mean ${maskUrl(appendPath(text, '/v1/traces'))}?`;
  }
  return undefined;
}

/** A unix socket by itself has neither port nor path to be wrong. */
function isWholeUnix(text: string): boolean {
  return parseUnixAddress(text)?.path === '';
}

function proxyHints({ endpoints }: NetworkChoice, settings: Settings, sources: Sources): readonly string[] {
  const hints = endpoints.map(({ url, socketPath, proxy }) => {
    const option = proxy !== undefined || socketPath !== undefined ? undefined : proxyOption(url, settings);
    if (option === undefined) return undefined;
    return `${said(option, [''], settings[option] ?? '', sources)}, no proxy with http:// or https://; connecting without it`;
  });
  return [...new Set(hints)].filter((hint) => hint !== undefined);
}

function samplerHint({ tracesSampler }: Settings, sources: Sources): string | undefined {
  const argument = named('tracesSamplerArg', sources);
  if (argument === undefined || tracesSampler.endsWith('traceidratio')) return undefined;
  return `${argument} has no effect on ${tracesSampler}; set OTEL_TRACES_SAMPLER=parentbased_traceidratio`;
}
