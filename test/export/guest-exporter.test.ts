import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExporterOptions } from '../../src/export/create-exporter.ts';
import type { Exporter } from '../../src/export/exporter.ts';
import { createGuestExporter, type Carrier } from '../../src/export/guest-exporter.ts';
import type { Payload } from '../../src/wire/encoder.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { decodeJaegerBatch } from '../support/decode-thrift.ts';
import { aSpan } from '../wire/spans.ts';
import { inMs, recordLog } from './support.ts';

class TestCarrier implements Carrier {
  waitingBytes = 0;
  ended = 0;
  flushes = 0;
  readonly sent: Payload[] = [];
  readonly lost: [reason: string, spans: number][] = [];
  drafted: Payload | undefined;
  /** The other thread has taken the draft. */
  isTaken = false;
  hasRoom = true;
  block = (): void => {};

  spanEnded(): void {
    this.ended++;
  }
  beforeBlocking(prepare: () => void): void {
    this.block = prepare;
  }
  draft(payload: Payload): boolean {
    if (this.hasRoom) this.drafted = payload;
    return this.hasRoom;
  }
  takeBack(): boolean {
    this.drafted = undefined;
    return !this.isTaken;
  }
  send(payload: Payload): void {
    this.sent.push(payload);
  }
  dropped(reason: string, spans: number): void {
    this.lost.push([reason, spans]);
  }
  flush(): Promise<void> {
    this.flushes++;
    return Promise.resolve();
  }
}

function create(more: Partial<ExporterOptions> = {}) {
  const carrier = new TestCarrier();
  const { log, lines } = recordLog();
  const exporter = createGuestExporter(
    {
      encoder: createJaegerEncoder(),
      transport: { kind: 'http', url: 'http://127.0.0.1:1/api/traces', headers: {}, gzip: false },
      log,
      scheduleDelayMs: 60_000,
      maxExportBatchSize: 10,
      maxPayloadBytes: 1e6,
      maxQueueBytes: 1e6,
      maxQueueSize: Infinity,
      exportTimeoutMs: 1000,
      flushTimeoutMs: 1000,
      ready: Promise.resolve(),
      ...more,
    },
    carrier,
  );
  return { carrier, exporter, lines };
}

function end(exporter: Exporter, spans: number, name = 'span'): void {
  for (let n = 0; n < spans; n++) exporter.processor.onEnd(aSpan({ name }));
}

const names = (payload: Payload | undefined): string[] =>
  payload === undefined ? [] : decodeJaegerBatch(payload.body).spans.map(({ operationName }) => operationName);

const delivered = (exporter: Exporter): (number | undefined)[] => [
  exporter.stats()?.ended,
  exporter.stats()?.delivered,
];

test('each span is counted when it ends, a full batch leaves at once, the rest by a flush or at the end', async () => {
  const { carrier, exporter } = create();
  end(exporter, 25);
  assert.deepEqual([carrier.ended, carrier.sent.map(({ spans }) => spans), exporter.idle], [25, [10, 10], false]);
  await exporter.flush(inMs(1000));
  assert.deepEqual([carrier.sent.length, exporter.idle, delivered(exporter)], [3, true, [25, 25]]);
  end(exporter, 1);
  assert.equal(exporter.takeUnsent(), undefined);
  assert.equal(carrier.sent[3]?.spans, 1);
});

test('the app’s own flush waits for the other thread’s, the one at the end does not', async () => {
  const { carrier, exporter } = create();
  end(exporter, 1);
  await exporter.flush(inMs(1000));
  assert.equal(carrier.flushes, 0);
  await exporter.processor.forceFlush();
  assert.equal(carrier.flushes, 1);
});

test('where the other thread has too many bytes to take, a batch is dropped, counted and said', () => {
  const { carrier, exporter, lines } = create({ maxQueueBytes: 50_000 });
  carrier.waitingBytes = 49_999;
  end(exporter, 10);
  assert.deepEqual(
    [carrier.sent.length, carrier.lost, exporter.stats()?.dropped.queueFull],
    [0, [['queueFull', 10]], 10],
  );
  assert.match(lines.join(), /^49 KiB of a worker thread are waiting for the main thread; no room for 10 spans more/);
});

test('what cannot be encoded or is too large is told too', () => {
  const { carrier, exporter } = create({ maxPayloadBytes: 10 });
  end(exporter, 1);
  carrier.block();
  assert.deepEqual([carrier.ended, carrier.lost], [1, [['tooLarge', 1]]]);
});

test('before the thread blocks the batch is left to be taken, and goes on where nobody did', () => {
  const { carrier, exporter } = create();
  carrier.block();
  assert.equal(carrier.drafted, undefined);
  end(exporter, 3, 'before');
  carrier.block();
  assert.deepEqual(names(carrier.drafted), ['before', 'before', 'before']);
  end(exporter, 7, 'after');
  assert.deepEqual(names(carrier.sent[0]).toSorted(), [...Array(7).fill('after'), ...Array(3).fill('before')]);
  assert.deepEqual(delivered(exporter), [10, 10]);
});

test('where the draft was taken the next batch is a new one, and nothing is sent twice', () => {
  const { carrier, exporter } = create();
  end(exporter, 3, 'before');
  carrier.block();
  carrier.isTaken = true;
  end(exporter, 1, 'after');
  exporter.takeUnsent();
  assert.deepEqual(carrier.sent.map(names), [['after']]);
  assert.deepEqual(delivered(exporter), [4, 4]);
  end(exporter, 2, 'again');
  carrier.block();
  exporter.takeUnsent();
  assert.deepEqual([carrier.sent.length, delivered(exporter)], [1, [6, 6]]);
});

test('a batch that is too large for a draft is handed over', () => {
  const { carrier, exporter } = create();
  carrier.hasRoom = false;
  end(exporter, 3);
  carrier.block();
  assert.deepEqual([carrier.sent.length, exporter.idle], [1, true]);
});
