import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProcessor } from '../../../src/config/declarative/declared-processors.ts';
import { reading, said } from './support.ts';

const read = (content: string, signal: 'Traces' | 'Logs' = 'Traces') =>
  reading(content, (root, report) => readProcessor(root, signal, report));

const batch = `batch:
  schedule_delay: 1
  export_timeout: 2
  max_queue_size: 3
  max_export_batch_size:
  exporter: {console: }
`;

test('a batch says how spans are gathered, and is silent about what has no value', () => {
  const { result, lines } = read(batch);
  assert.deepEqual(said(result), {
    scheduleDelayMs: ['1', 2],
    exportTimeoutMs: ['2', 3],
    maxQueueSize: ['3', 4],
    tracesExporter: ['console', 6],
  });
  assert.deepEqual(lines, []);
});

test('the same of log records', () => {
  assert.deepEqual(Object.keys(said(read(batch, 'Logs').result)), [
    'logScheduleDelayMs',
    'logExportTimeoutMs',
    'logMaxQueueSize',
    'logsExporter',
  ]);
});

test('simple sends each span as a batch of 1', () => {
  assert.deepEqual(said(read('simple: {exporter: {console: }}').result), {
    maxExportBatchSize: ['1', 1],
    tracesExporter: ['console', 1],
  });
});

test('a processor that is none here is left out, and told', () => {
  for (const content of ['mine:', 'mine: {exporter: {console: }}', 'batch: {exporter: {mine: }}']) {
    const { result, lines } = read(content);
    assert.equal(result, undefined, content);
    assert.match(lines.join('|'), /^[\w.]*mine \(otel\.yaml:1:\d+\) is valid but not supported here; [^|]+$/, content);
  }
});
