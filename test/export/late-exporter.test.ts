import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Exporter } from '../../src/export/exporter.ts';
import { LateExporter } from '../../src/export/late-exporter.ts';
import { Ledger } from '../../src/export/ledger.ts';
import { aSpan } from '../wire/spans.ts';
import { payloadOf, recordLog } from './support.ts';

/** An exporter that writes down what is asked of it. */
function recording() {
  const calls: string[] = [];
  const ended: ReadableSpan[] = [];
  const ledger = new Ledger();
  const noted = (call: string) => () => {
    calls.push(call);
    return Promise.resolve();
  };
  const exporter: Exporter = {
    target: 'http://there',
    processor: {
      onStart() {},
      onEnd: (span) => {
        ledger.spanEnded();
        ended.push(span);
      },
      forceFlush: noted('forceFlush'),
      shutdown: noted('shutdown'),
    },
    flush: noted('flush'),
    idle: false,
    takeUnsent() {
      calls.push('takeUnsent');
      return undefined;
    },
    adopt: ({ spans }) => calls.push(`adopt ${spans}`),
    lost: (reason, spans) => calls.push(`lost ${spans} ${reason}`),
    stats: () => ledger.stats(),
  };
  return { exporter, calls, ended };
}

test('nothing is made for a process without a span, whatever its end asks', async () => {
  const { log, lines } = recordLog();
  const late = new LateExporter(() => assert.fail('made'), log);
  await late.flush(0);
  await late.processor.forceFlush();
  await late.processor.shutdown();
  assert.deepEqual([late.idle, late.takeUnsent(), late.stats(), lines], [true, undefined, new Ledger().stats(), []]);
});

test('the first span that ends has it made, once, and from then on it is that exporter', async () => {
  const { exporter, calls, ended } = recording();
  let made = 0;
  const late = new LateExporter(() => {
    made++;
    return exporter;
  }, recordLog().log);
  const spans = [aSpan({ name: 'a' }), aSpan({ name: 'b' })];
  for (const span of spans) late.processor.onEnd(span);
  assert.deepEqual([made, ended], [1, spans]);
  assert.deepEqual([late.target, late.idle, late.stats()?.ended], ['http://there', false, 2]);
  await late.flush(0);
  await late.processor.forceFlush();
  await late.processor.shutdown();
  late.takeUnsent();
  late.adopt(payloadOf(3));
  late.lost('thread', 4);
  assert.deepEqual(calls, ['flush', 'forceFlush', 'shutdown', 'takeUnsent', 'adopt 3', 'lost 4 thread']);
});

test('what another thread hands over has it made too', () => {
  const { exporter, calls } = recording();
  new LateExporter(() => exporter, recordLog().log).adopt(payloadOf(2));
  new LateExporter(() => exporter, recordLog().log).lost('thread', 1);
  assert.deepEqual(calls, ['adopt 2', 'lost 1 thread']);
});

test('where it cannot be made that is one line, the app goes on, and each span is counted', async () => {
  const { log, lines } = recordLog();
  const late = new LateExporter(() => {
    throw new Error('EMFILE: too many open files');
  }, log);
  for (let n = 0; n < 3; n++) late.processor.onEnd(aSpan({}));
  late.adopt(payloadOf(2));
  late.lost('thread', 1);
  await late.flush(0);
  await late.processor.forceFlush();
  await late.processor.shutdown();
  assert.deepEqual(lines, ['the exporter could not be loaded: EMFILE: too many open files; spans are lost']);
  const { ended, waiting, dropped } = late.stats() ?? assert.fail();
  assert.deepEqual([ended, waiting, dropped.encoding, dropped.thread], [6, 0, 5, 1]);
  assert.deepEqual([late.idle, late.takeUnsent(), late.target], [true, undefined, 'the collector']);
});
