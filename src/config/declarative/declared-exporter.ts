import { isAbsolute } from 'node:path';
import { optionRows, type SettingName } from '../options.ts';
import { headers as headersType } from '../pairs-type.ts';
import type { Problem } from '../problem.ts';
import type { NamedCandidate, Section } from './section.ts';

export type Signal = 'Traces' | 'Metrics' | 'Logs';
type Report = (problem: Problem) => void;

const exporterRows = { Traces: 'tracesExporter', Metrics: 'metricsExporter', Logs: 'logsExporter' } as const;

/**
 * What an exporter of the file says for the options of its signal.
 *
 * @returns undefined where there is no such exporter here
 */
export function readExporter(exporter: Section, signal: Signal, report: Report): readonly NamedCandidate[] | undefined {
  const [name, section] = exporter.kind;
  const named = (value: string): readonly NamedCandidate[] => section.candidate(exporterRows[signal], value);
  switch (name) {
    case 'otlp_http':
    case 'otlp_grpc':
      return [...named('otlp'), ...readOtlp(section, name, signal, report)];
    case 'console':
      return named('console');
    case 'otlp_file/development':
      if (signal !== 'Traces') break;
      return [...named('otlp_file'), ...(section.child('output_stream')?.candidate('otlpFileStream') ?? [])];
    case 'jaeger':
      if (signal !== 'Traces') break;
      return [...named('jaeger'), ...readJaeger(section)];
    default:
  }
  section.refuse();
  return undefined;
}

function readOtlp(
  section: Section,
  name: 'otlp_http' | 'otlp_grpc',
  signal: Signal,
  report: Report,
): readonly NamedCandidate[] {
  const child = (key: string, option: SettingName): readonly NamedCandidate[] =>
    section.child(key)?.candidate(option) ?? [];
  const encoding = section.child('encoding');
  const protocol = name === 'otlp_grpc' ? 'grpc' : encoding?.value === 'json' ? 'http/json' : 'http/protobuf';
  const tls = section.child('tls');
  const file = (key: string, option: SettingName): readonly NamedCandidate[] => {
    const named = tls?.child(key);
    if (typeof named?.value !== 'string' || isAbsolute(named.value)) return named?.candidate(option) ?? [];
    report(named.problem(`must be an absolute path, got ${JSON.stringify(named.value)}; connecting without it`));
    return [];
  };
  const endpoint = child('endpoint', `otlp${signal}Endpoint`);
  return [
    ...(endpoint.length > 0 ? endpoint : section.candidate(`otlp${signal}Endpoint`, defaultUrl(name, signal))),
    ...(encoding ?? section).candidate(`otlp${signal}Protocol`, protocol),
    ...readHeaders(section, `otlp${signal}Headers`, report),
    ...child('timeout', `otlp${signal}TimeoutMs`),
    ...child('compression', `otlp${signal}Compression`),
    ...file('ca_file', `otlp${signal}Certificate`),
    ...file('key_file', `otlp${signal}ClientKey`),
    ...file('cert_file', `otlp${signal}ClientCertificate`),
    ...(tls?.child('insecure')?.candidate(`otlp${signal}Insecure`) ?? []),
  ];
}

/** What counts where the file names none, said so that it is known where it is from. */
function defaultUrl(name: 'otlp_http' | 'otlp_grpc', signal: Signal): string {
  return name === 'otlp_grpc' ? 'http://localhost:4317' : `http://localhost:4318/v1/${signal.toLowerCase()}`;
}

/** `headers` over `headers_list`; one without a value is none. */
function readHeaders(section: Section, option: SettingName, report: Report): readonly NamedCandidate[] {
  const list = section.child('headers_list');
  const pairs = section.child('headers');
  if (pairs === undefined) return list?.candidate(option) ?? [];
  const own: [string, string][] = pairs.items.flatMap((pair) => {
    const [name, value] = [pair.child('name')?.value, pair.child('value')?.value];
    return value === undefined ? [] : [[String(name).toLowerCase(), String(value)]];
  });
  const listed = typeof list?.raw === 'string' ? headersType.parse(list.raw) : undefined;
  if (list?.raw !== undefined && (listed === undefined || listed.rejected !== undefined)) {
    report(list.problem(`must be ${headersType.allowed}, got "***"; going on without what is not`));
  }
  return pairs.candidate(option, { ...listed?.value, ...Object.fromEntries(own) });
}

/** Our own exporter: its keys are those below `exporter.jaeger` in a YAML file of ours. */
function readJaeger(section: Section): readonly NamedCandidate[] {
  return optionRows.flatMap(([option, { yaml }]) => {
    const key = /^exporter\.jaeger\.(\w+)$/.exec(yaml ?? '')?.[1];
    const found = key === undefined ? undefined : section.child(key);
    if (found?.node.kind !== 'map') return found?.candidate(option) ?? [];
    const pairs = found.entries.map(([name, { value = '' }]) => [name, String(value)] as const);
    return found.candidate(option, Object.fromEntries(pairs));
  });
}
