import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchingSpanProcessor, type BatchingOptions } from '../../src/export/batching-span-processor.ts';
import { Delivery } from '../../src/export/delivery.ts';
import { Ledger } from '../../src/export/ledger.ts';
import type { Payload } from '../../src/wire/encoder.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import { decodeJaegerBatch } from '../support/decode-thrift.ts';
import { aContext, aSpan } from '../wire/spans.ts';
import { pause, recordLog } from './support.ts';

function setUp(more: Partial<BatchingOptions> = {}) {
  const sent: Payload[] = [];
  const ledger = new Ledger();
  const { log, lines } = recordLog();
  const transport = {
    target: 'http://jaeger',
    close() {},
    send: async (payload: Payload) => {
      sent.push(payload);
      return { status: 'delivered' } as const;
    },
  };
  const delivery = new Delivery({
    transport,
    ledger,
    log,
    maxQueueBytes: 1e9,
    maxQueueSize: Infinity,
    exportTimeoutMs: 1000,
    ready: Promise.resolve(),
  });
  const processor = new BatchingSpanProcessor({
    encoder: createJaegerEncoder(),
    delivery,
    ledger,
    log,
    scheduleDelayMs: 60_000,
    maxExportBatchSize: 512,
    maxPayloadBytes: 1e6,
    flushTimeoutMs: 1000,
    ...more,
  });
  return { processor, sent, ledger, lines };
}

const batches = (sent: readonly Payload[]) => sent.map(({ spans }) => spans);

test('the 512th span makes a batch leave, the 513th begins the next', async () => {
  const { processor, sent, ledger } = setUp();
  for (let n = 0; n < 1025; n++) processor.onEnd(aSpan());
  await pause(5);
  assert.deepEqual(batches(sent), [512, 512]);
  const { ended, delivered, waiting } = ledger.stats();
  assert.deepEqual([ended, delivered, waiting], [1025, 1024, 1]);
});

test('a batch leaves when its first span is 50 ms old, and no empty one ever', async () => {
  const { processor, sent } = setUp({ scheduleDelayMs: 50 });
  processor.onEnd(aSpan());
  await pause(30);
  processor.onEnd(aSpan());
  assert.deepEqual(batches(sent), []);
  await pause(60);
  assert.deepEqual(batches(sent), [2]);
  processor.seal();
  await pause(60);
  assert.deepEqual(batches(sent), [2]);
});

test('spans that are not sampled are neither sent nor counted', async () => {
  const { processor, ledger } = setUp();
  processor.onEnd(aSpan({ context: aContext({ traceFlags: 0 }) }));
  await processor.forceFlush();
  assert.equal(ledger.stats().ended, 0);
});

test('512 spans of 64 KB make bodies below the limit of 1 MB, with all spans', async () => {
  const { processor, sent, ledger } = setUp();
  for (let n = 0; n < 512; n++) processor.onEnd(aSpan({ attributes: { big: 'x'.repeat(65_536) } }));
  await processor.forceFlush();
  assert.ok(sent.length >= 34, String(sent.length));
  for (const { body, spans } of sent) {
    assert.ok(body.length <= 1e6);
    assert.equal(decodeJaegerBatch(body).spans.length, spans);
  }
  assert.equal(ledger.stats().delivered, 512);
});

test('a span over the limit by itself is named and counted; the ones around it arrive', async () => {
  const { processor, sent, ledger, lines } = setUp({ maxPayloadBytes: 10_000 });
  processor.onEnd(aSpan());
  processor.onEnd(aSpan({ name: 'huge', attributes: { big: 'x'.repeat(10_000) } }));
  processor.onEnd(aSpan());
  await processor.forceFlush();
  assert.deepEqual(lines, ['span "huge" is larger than a payload may be (10000 bytes); dropped']);
  assert.deepEqual([ledger.stats().dropped.tooLarge, ledger.stats().delivered], [1, 2]);
  assert.equal(sent.flatMap(({ body }) => decodeJaegerBatch(body).spans).length, 2);
});

test('a span that cannot be encoded is counted, nothing is thrown, and the ones around it arrive', async () => {
  const encoder = createJaegerEncoder();
  const append = encoder.append.bind(encoder);
  encoder.append = (span, limitBytes) => {
    if (span.name === 'broken') throw new Error('no links');
    return append(span, limitBytes);
  };
  const { processor, ledger, lines } = setUp({ encoder });
  for (const name of ['first', 'broken', 'last']) processor.onEnd(aSpan({ name }));
  await processor.forceFlush();
  assert.deepEqual(lines, ['span "broken" could not be encoded: Error: no links; dropped']);
  const { delivered, dropped } = ledger.stats();
  assert.deepEqual([delivered, dropped.encoding], [2, 1]);
});

test('15 spans wait to be encoded, with the 16th all are; what waits is no empty processor', async () => {
  const encoder = createJaegerEncoder();
  const { processor, sent } = setUp({ encoder });
  assert.equal(processor.isEmpty, true);
  for (let n = 0; n < 15; n++) processor.onEnd(aSpan());
  assert.equal(encoder.spans, 0);
  assert.equal(processor.isEmpty, false);
  processor.onEnd(aSpan());
  assert.equal(encoder.spans, 16);
  processor.onEnd(aSpan());
  processor.encode();
  assert.equal(encoder.spans, 17);
  processor.onEnd(aSpan());
  await processor.forceFlush();
  assert.deepEqual(batches(sent), [18]);
  assert.equal(processor.isEmpty, true);
});

test('spans that are left after a full payload leave when they are 50 ms old', async () => {
  const { processor, sent } = setUp({ scheduleDelayMs: 50, maxPayloadBytes: 100_000 });
  for (let n = 0; n < 16; n++) processor.onEnd(aSpan({ attributes: { big: 'x'.repeat(40_000) } }));
  await pause(5);
  const before = batches(sent).reduce((sum, spans) => sum + spans, 0);
  assert.ok(before >= 12 && before < 16, String(before));
  await pause(100);
  assert.equal(
    batches(sent).reduce((sum, spans) => sum + spans, 0),
    16,
  );
});

test('after shutdown, which sends all, spans are no longer taken', async () => {
  const { processor, sent, ledger } = setUp();
  processor.onEnd(aSpan());
  await Promise.all([processor.shutdown(), processor.shutdown()]);
  processor.onEnd(aSpan());
  await processor.forceFlush();
  assert.deepEqual(batches(sent), [1]);
  assert.equal(ledger.stats().ended, 1);
});
