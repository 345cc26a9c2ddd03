import type { Problem } from '../problem.ts';
import { readExporter } from './declared-exporter.ts';
import { readProcessor } from './declared-processors.ts';
import type { NamedCandidate, Section } from './section.ts';

type Report = (problem: Problem) => void;
type ExporterList = 'metricsExporter' | 'logsExporter';

/** What the file calls otherwise than the variable that the SDK reads. */
const temporality: Readonly<Record<string, string>> = { low_memory: 'lowmemory' };

/** What `meter_provider` says for the options: one reader of a kind, as the SDK's variables have it. */
export function readMeterProvider(section: Section, report: Report): readonly NamedCandidate[] {
  const readers = section.child('readers')?.items ?? [];
  const read = readers.map((reader) => {
    const [name, below] = reader.kind;
    const exporter = below.child('exporter');
    if (exporter === undefined) return [];
    return name === 'pull' ? readPrometheus(exporter) : [...readPeriodic(below), ...readPush(exporter, report)];
  });
  takeDefault(section.child('exemplar_filter'), 'trace_based');
  return oneOfEach(read, readers, 'metricsExporter');
}

function readPeriodic(section: Section): readonly NamedCandidate[] {
  return [
    ...(section.child('interval')?.candidate('metricExportIntervalMs') ?? []),
    ...(section.child('timeout')?.candidate('metricExportTimeoutMs') ?? []),
  ];
}

function readPush(exporter: Section, report: Report): readonly NamedCandidate[] {
  const [name, section] = exporter.kind;
  const read = readExporter(exporter, 'Metrics', report) ?? [];
  if (name !== 'otlp_http' && name !== 'otlp_grpc') return read;
  const preferred = section.child('temporality_preference');
  const value = String(preferred?.value);
  takeDefault(section.child('default_histogram_aggregation'), 'explicit_bucket_histogram');
  if (preferred?.value === undefined) return read;
  return [...read, ...preferred.candidate('otlpMetricsTemporalityPreference', temporality[value] ?? value)];
}

function readPrometheus(exporter: Section): readonly NamedCandidate[] {
  const [name, section] = exporter.kind;
  if (name !== 'prometheus/development') {
    section.refuse();
    return [];
  }
  return [
    ...section.candidate('metricsExporter', 'prometheus'),
    ...(section.child('host')?.candidate('prometheusHost') ?? []),
    ...(section.child('port')?.candidate('prometheusPort') ?? []),
  ];
}

/** What `logger_provider` says for the options: one exporter of a kind, as the SDK's variables have it. */
export function readLoggerProvider(section: Section, report: Report): readonly NamedCandidate[] {
  const processors = section.child('processors')?.items ?? [];
  const read = processors.map((processor) => readProcessor(processor, 'Logs', report) ?? []);
  return oneOfEach(read, processors, 'logsExporter');
}

/** The SDK has one set of variables: what a second of the same kind says has no place in it. */
function oneOfEach(
  read: readonly (readonly NamedCandidate[])[],
  sections: readonly Section[],
  list: ExporterList,
): readonly NamedCandidate[] {
  const names: string[] = [];
  const others: NamedCandidate[] = [];
  for (const [at, candidates] of read.entries()) {
    const exporter = candidates.find(([name]) => name === list)?.[1].raw;
    if (typeof exporter !== 'string') continue;
    if (names.includes(exporter)) {
      sections[at]?.refuse();
      continue;
    }
    names.push(exporter);
    others.push(...candidates.filter(([name]) => name !== list));
  }
  return [...(sections[0]?.candidate(list, names.length === 0 ? undefined : names) ?? []), ...others];
}

/** Says that it is not supported, unless it is what happens in any case. */
function takeDefault(section: Section | undefined, value: string): void {
  if (section?.value !== undefined && section.value !== value) section.refuse();
}
