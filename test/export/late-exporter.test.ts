import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Exporter } from '../../src/export/exporter.ts';
import { LateExporter } from '../../src/export/late-exporter.ts';
import { Ledger } from '../../src/export/ledger.ts';
import { aContext, aSpan } from '../wire/spans.ts';
import { payloadOf, recordLog } from './support.ts';

/** An exporter that writes down what is asked of it. */
function recording() {
  const calls: string[] = [];
  const ended: ReadableSpan[] = [];
  const noted = (call: string) => () => {
    calls.push(call);
    return Promise.resolve();
  };
  const exporter: Exporter = {
    target: 'http://there',
    processor: {
      onStart() {},
      onEnd: (span) => void ended.push(span),
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
    stats: () => assert.fail('its ledger is the late one'),
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
  const late = new LateExporter((ledger) => {
    made++;
    ledger.spansCame(2);
    return exporter;
  }, recordLog().log);
  const spans = [aSpan({ name: 'a' }), aSpan({ name: 'b' })];
  for (const span of spans) late.processor.onEnd(span);
  assert.deepEqual([made, ended], [1, spans]);
  assert.deepEqual([late.target, late.idle, late.stats().ended], ['http://there', false, 2]);
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

test('it is made ahead of its first span where it can be, once, and silently not where it cannot', () => {
  const { exporter, ended } = recording();
  const { log, lines } = recordLog();
  let tries = 0;
  const late = new LateExporter(() => {
    tries++;
    if (tries === 1) throw new Error('EMFILE');
    return exporter;
  }, log);
  for (let n = 0; n < 3; n++) late.prepare();
  late.processor.onEnd(aSpan({}));
  assert.deepEqual([tries, lines, ended.length], [2, [], 1]);
});

test('where it cannot be made that is one line and each span is counted, until it can', () => {
  const { exporter, calls, ended } = recording();
  const { log, lines } = recordLog();
  let fails = true;
  const late = new LateExporter(() => {
    if (fails) throw new Error('EMFILE: too many open files');
    return exporter;
  }, log);
  for (let n = 0; n < 3; n++) late.processor.onEnd(aSpan({}));
  late.adopt(payloadOf(2));
  late.lost('thread', 1);
  assert.equal(new Set(lines).size, 1);
  assert.equal(lines[0], 'the exporter could not be loaded: EMFILE: too many open files; spans are lost');
  assert.deepEqual([late.idle, late.takeUnsent(), late.target], [true, undefined, 'the collector']);
  const count = () => {
    const { ended, waiting, dropped } = late.stats();
    return [ended, waiting, dropped.notLoaded, dropped.thread];
  };
  assert.deepEqual(count(), [6, 0, 5, 1]);
  fails = false;
  late.processor.onEnd(aSpan({}));
  late.adopt(payloadOf(2));
  assert.deepEqual([ended.length, calls], [1, ['adopt 2']]);
  assert.deepEqual(count(), [6, 0, 5, 1]);
});

test('after shutdown nothing has it made; a span that is not sampled has not either', async () => {
  const late = new LateExporter(() => assert.fail('made'), recordLog().log);
  late.processor.onEnd(aSpan({ context: aContext({ traceFlags: 0 }) }));
  await late.processor.shutdown();
  late.processor.onEnd(aSpan({}));
  assert.equal(late.stats().ended, 0);
});
