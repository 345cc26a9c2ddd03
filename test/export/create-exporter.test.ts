import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createExporter, type ExporterOptions } from '../../src/export/create-exporter.ts';
import type { Exporter } from '../../src/export/exporter.ts';
import { describeDropped } from '../../src/export/ledger.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { startCollector } from '../support/collector.ts';
import type { Collector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { aSpan } from '../wire/spans.ts';
import { inMs, recordLog } from './support.ts';

function create(url: string, more: Partial<ExporterOptions> = {}): Exporter {
  return createExporter({
    encoder: createJaegerEncoder(),
    transport: { kind: 'http', url, headers: {}, gzip: false },
    log: recordLog().log,
    scheduleDelayMs: 60_000,
    maxExportBatchSize: 10,
    maxPayloadBytes: 1e6,
    maxQueueBytes: 1e6,
    maxQueueSize: Infinity,
    exportTimeoutMs: 1000,
    flushTimeoutMs: 1000,
    ready: Promise.resolve(),
    ...more,
  });
}

function end(exporter: Exporter, spans: number): void {
  for (let n = 0; n < spans; n++) exporter.processor.onEnd(aSpan());
}

async function set(t: TestContext): Promise<{ collector: Collector; exporter: Exporter }> {
  const collector = await startCollector(t);
  return { collector, exporter: create(collector.jaegerUrl) };
}

test('it connects to nobody and is idle until a span ends; after a flush it is idle again', async (t) => {
  const { collector, exporter } = await set(t);
  await exporter.flush(inMs(1000));
  assert.deepEqual([exporter.idle, collector.connections.opened], [true, 0]);
  end(exporter, 25);
  assert.equal(exporter.idle, false);
  await exporter.flush(inMs(5000));
  assert.deepEqual([exporter.idle, collector.spans.length], [true, 25]);
  const { ended, delivered, waiting } = exporter.stats() ?? assert.fail();
  assert.deepEqual([ended, delivered, waiting], [25, 25, 0]);
});

test('what is left is handed out with the batch that was being filled, and its end is counted as it was', async () => {
  const exporter = create(`http://127.0.0.1:${await refusedPort()}/api/traces`, { ready: new Promise(() => {}) });
  end(exporter, 25);
  const unsent = exporter.takeUnsent() ?? assert.fail();
  assert.deepEqual(
    unsent.payloads.map(({ spans }) => spans),
    [10, 10, 5],
  );
  unsent.settle({ ends: ['delivered', 'unsent', 'refused'], rejected: 2, why: 'answered 400' }, 0);
  const stats = exporter.stats() ?? assert.fail();
  assert.deepEqual([stats.delivered, stats.dropped.refused, stats.dropped.deadline, stats.waiting], [8, 7, 10, 0]);
  assert.equal(
    describeDropped(stats),
    '7 refused by the collector, 10 not sent before the process ended; answered 400',
  );
  assert.equal(exporter.takeUnsent(), undefined);
});

test('an answer that the event loop does not see any more is waited for', async (t) => {
  const { collector, exporter } = await set(t);
  end(exporter, 10);
  // In this process the collector is blocked too: it answers before the wait.
  await collector.waitForRequests(1);
  const unsent = exporter.takeUnsent();
  unsent?.settle(undefined, 5000);
  const { delivered, waiting } = exporter.stats() ?? assert.fail();
  assert.deepEqual([delivered, waiting], [10, 0]);
});

test('where nothing was tried all is counted as not sent', async () => {
  const exporter = create('http://127.0.0.1:1/', { ready: new Promise(() => {}) });
  end(exporter, 3);
  exporter.takeUnsent()?.settle(undefined, 0);
  assert.equal(exporter.stats()?.dropped.deadline, 3);
});
