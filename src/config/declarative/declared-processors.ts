import type { Problem } from '../problem.ts';
import { readExporter } from './declared-exporter.ts';
import type { NamedCandidate, Section } from './section.ts';

/** The options that say how spans, or log records, are gathered. */
const batchOptions = {
  Traces: {
    schedule_delay: 'scheduleDelayMs',
    export_timeout: 'exportTimeoutMs',
    max_queue_size: 'maxQueueSize',
    max_export_batch_size: 'maxExportBatchSize',
  },
  Logs: {
    schedule_delay: 'logScheduleDelayMs',
    export_timeout: 'logExportTimeoutMs',
    max_queue_size: 'logMaxQueueSize',
    max_export_batch_size: 'logMaxExportBatchSize',
  },
} as const;

/**
 * What one processor says for the options: how it gathers, and where it sends.
 *
 * @returns undefined where it is none that is here
 */
export function readProcessor(
  processor: Section,
  signal: 'Traces' | 'Logs',
  report: (problem: Problem) => void,
): readonly NamedCandidate[] | undefined {
  const [name, section] = processor.kind;
  const options = batchOptions[signal];
  const exporter = section.child('exporter');
  if (exporter === undefined || (name !== 'batch' && name !== 'simple')) {
    section.refuse();
    return undefined;
  }
  const sent = readExporter(exporter, signal, report);
  if (sent === undefined) return undefined;
  // each as a batch of its own
  if (name === 'simple') return [...section.candidate(options.max_export_batch_size, '1'), ...sent];
  const gathered = Object.entries(options).flatMap(([key, option]) => section.child(key)?.candidate(option) ?? []);
  return [...gathered, ...sent];
}
