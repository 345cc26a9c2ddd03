import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { Delivery, type DeliveryOptions } from '../../src/export/delivery.ts';
import { createSpooling, type SpoolingOptions } from '../../src/export/spooling.ts';
import { Ledger } from '../../src/export/ledger.ts';
import type { LateAnswer, Outcome } from '../../src/export/transport.ts';
import type { Payload } from '../../src/wire/encoder.ts';
import { namesIn, spoolDirectory } from '../spool/support.ts';
import { inMs, pause, recordLog, until } from './support.ts';

const delivered: Outcome = { status: 'delivered' };
const later: Outcome = { status: 'retryable', why: 'ECONNREFUSED' };

interface Attempt {
  readonly payload: Payload;
  readonly atMs: number;
  handOver(lateAnswer?: LateAnswer): void;
  answer(outcome: Outcome): void;
}

/** A delivery over a transport whose answers are the test's; `answer` gives them at once. */
function setUp(more: Partial<DeliveryOptions> & { readonly answer?: (attempt: number) => Outcome } = {}) {
  const { answer, ...options } = more;
  const attempts: Attempt[] = [];
  const ledger = new Ledger();
  const { log, lines } = recordLog();
  const delivery = new Delivery({
    transport: {
      target: 'http://jaeger',
      close() {},
      send: (payload, _deadlineMs, onHandedOver) =>
        new Promise((resolve) => {
          const handOver = (lateAnswer?: LateAnswer): void => onHandedOver?.(lateAnswer);
          attempts.push({ payload, atMs: performance.now(), handOver, answer: resolve });
          if (answer !== undefined) resolve(answer(attempts.length));
        }),
    },
    ledger,
    log,
    maxQueueBytes: 10_000,
    maxQueueSize: Infinity,
    exportTimeoutMs: 1000,
    ready: Promise.resolve(),
    ...options,
  });
  return { delivery, attempts, ledger, lines };
}

function payload(spans: number, bytes = 10): Payload {
  return { body: new Uint8Array(bytes), contentType: '', spans };
}

const spansOf = (attempts: readonly Attempt[]) => attempts.map(({ payload: { spans } }) => spans);

test('four payloads are under way at a time, the rest follow in order', async () => {
  const { delivery, attempts, ledger } = setUp();
  for (let spans = 1; spans <= 6; spans++) delivery.enqueue(payload(spans));
  await pause(1);
  assert.deepEqual(spansOf(attempts), [1, 2, 3, 4]);
  attempts[1]?.answer(delivered);
  await pause(1);
  assert.deepEqual(spansOf(attempts), [1, 2, 3, 4, 5]);
  assert.equal(ledger.stats().delivered, 2);
  assert.equal(delivery.idle, false);
  for (const attempt of attempts) attempt.answer(delivered);
  await pause(1);
  attempts[5]?.answer(delivered);
  await pause(1);
  assert.equal(delivery.idle, true);
  assert.equal(ledger.stats().delivered, 21);
});

test('nothing leaves before the resource is complete, or has failed to be', async () => {
  for (const settle of ['resolve', 'reject'] as const) {
    let settleReady = (): void => {};
    const ready = new Promise<void>((resolve, reject) => {
      settleReady = settle === 'resolve' ? resolve : () => reject(new Error('no detector'));
    });
    const { delivery, attempts } = setUp({ ready });
    delivery.enqueue(payload(1));
    await pause(5);
    assert.equal(attempts.length, 0);
    settleReady();
    await pause(1);
    assert.equal(attempts.length, 1);
  }
});

test('a payload beyond 10 000 bytes is dropped and counted; what is under way takes room, what is done does not', async () => {
  const { delivery, attempts, ledger, lines } = setUp();
  delivery.enqueue(payload(1, 6000));
  delivery.enqueue(payload(2, 4000));
  delivery.enqueue(payload(3, 1));
  assert.equal(ledger.stats().dropped.queueFull, 3);
  assert.deepEqual(lines, ['3 spans (10 KiB) are waiting for http://jaeger; no room for 3 more, dropped']);
  await pause(1);
  attempts[0]?.answer(delivered);
  await pause(1);
  delivery.enqueue(payload(4, 6000));
  assert.equal(ledger.stats().dropped.queueFull, 3);
});

test('with room for 10 spans the 11th to wait is dropped, and there is room again for what has been delivered', async () => {
  const { delivery, attempts, ledger } = setUp({ maxQueueSize: 10 });
  delivery.enqueue(payload(6));
  delivery.enqueue(payload(5));
  delivery.enqueue(payload(4));
  assert.equal(ledger.stats().dropped.queueFull, 5);
  await pause(1);
  for (const attempt of attempts) attempt.answer(delivered);
  await pause(1);
  delivery.enqueue(payload(10));
  assert.equal(ledger.stats().dropped.queueFull, 5);
});

test('a refused payload is dropped, counted and not sent again', async () => {
  const { delivery, attempts, ledger, lines } = setUp({ answer: () => ({ status: 'refused', why: 'answered 400' }) });
  delivery.enqueue(payload(7));
  await pause(300);
  assert.equal(attempts.length, 1);
  assert.deepEqual([ledger.stats().dropped.refused, delivery.idle], [7, true]);
  assert.deepEqual(lines, ['http://jaeger answered 400; dropped, not retried']);
});

test('spans that were rejected of a payload that was taken are counted, the others are delivered', async () => {
  const outcome: Outcome = { status: 'delivered', rejected: { spans: 2, why: 'too old' } };
  const { delivery, ledger, lines } = setUp({ answer: () => outcome });
  delivery.enqueue(payload(7));
  await pause(1);
  const { delivered: taken, dropped } = ledger.stats();
  assert.deepEqual([taken, dropped.refused], [5, 2]);
  assert.match(lines.at(-1) ?? '', /rejected 2 of 7 spans: too old; dropped/);
});

test('a retryable failure waits 200 ms, then 400 ms (±20 %), and is told with its end', async () => {
  const { delivery, attempts, ledger, lines } = setUp({ answer: (attempt) => (attempt < 3 ? later : delivered) });
  delivery.enqueue(payload(1));
  await until(() => delivery.idle);
  const [first = 0, second = 0, third = 0] = attempts.map(({ atMs }) => atMs);
  assert.equal(attempts.length, 3);
  // Timers may come late, never early.
  assert.ok(second - first >= 158 && third - second >= 318, `${second - first}, ${third - second}`);
  assert.deepEqual(
    [lines.at(0), lines.at(-1)],
    ['http://jaeger does not take spans: ECONNREFUSED; kept and retried', 'over: http://jaeger takes spans again'],
  );
  assert.equal(ledger.stats().delivered, 1);
});

test('four that fail together are one failure: one of them tries again after 200 ms, and the others follow it', async () => {
  const { delivery, attempts, ledger } = setUp({ answer: (attempt) => (attempt <= 4 ? later : delivered) });
  for (let n = 0; n < 4; n++) delivery.enqueue(payload(1));
  await until(() => delivery.idle);
  assert.equal(ledger.stats().delivered, 4);
  const [, , , fourth = 0, fifth = 0] = attempts.map(({ atMs }) => atMs);
  assert.ok(fifth - fourth >= 158, String(fifth - fourth));
});

test('what the collector asks for counts over the backoff, be it 600 ms or 10 years', async () => {
  const { delivery, attempts } = setUp({
    answer: (attempt) => ({ status: 'retryable', why: 'answered 503', afterMs: attempt === 1 ? 600 : 3e11 }),
  });
  delivery.enqueue(payload(1));
  await pause(500);
  assert.equal(attempts.length, 1);
  await until(() => attempts.length === 2);
  await pause(100);
  assert.equal(attempts.length, 2);
});

test('flush sends at once what a backoff holds back, and resolves when all is delivered', async () => {
  const { delivery, attempts, ledger } = setUp({
    answer: (attempt) => (attempt === 1 ? { ...later, afterMs: 60_000 } : delivered),
  });
  for (let n = 0; n < 20; n++) delivery.enqueue(payload(1));
  await pause(1);
  await delivery.flush(inMs(5000));
  assert.deepEqual([ledger.stats().delivered, delivery.idle], [20, true]);
  assert.equal(attempts.length, 21);
});

test('flush waits for the others when one has failed, says nothing, and waits for no backoff', async () => {
  const { delivery, attempts, ledger, lines } = setUp();
  for (let spans = 1; spans <= 5; spans++) delivery.enqueue(payload(spans));
  const { flushed, whenFlushed } = watch(delivery.flush(inMs(5000)));
  await pause(1);
  attempts[0]?.answer(later);
  await pause(5);
  assert.equal(flushed(), false);
  for (const attempt of attempts) attempt.answer(delivered);
  await whenFlushed;
  assert.deepEqual(spansOf(attempts), [1, 2, 3, 4]);
  assert.equal(ledger.stats().delivered, 9);
  assert.deepEqual(lines, []);
});

test('flush resolves at its deadline, at once where nothing is there, and once for each caller', async () => {
  const { delivery, attempts } = setUp();
  await delivery.flush(Infinity);
  delivery.enqueue(payload(1));
  const startedMs = performance.now();
  await Promise.all([delivery.flush(inMs(100)), delivery.flush(inMs(200))]);
  assert.ok(performance.now() - startedMs >= 195);
  await delivery.flush(inMs(-1));
  const last = delivery.flush(inMs(5000));
  attempts[0]?.answer(delivered);
  await last;
});

test('takeUnsent hands out what has not left, once, and nothing is sent or counted again from here', async () => {
  const { delivery, attempts, ledger } = setUp();
  for (let spans = 1; spans <= 5; spans++) delivery.enqueue(payload(spans));
  await pause(1);
  attempts[1]?.handOver();
  assert.deepEqual(
    delivery.takeUnsent().map(({ spans }) => spans),
    [1, 3, 4, 5],
  );
  assert.equal(delivery.isUnanswered, true);
  delivery.settleUnanswered(0);
  assert.equal(ledger.stats().delivered, 2);
  assert.deepEqual([delivery.takeUnsent(), delivery.idle], [[], true]);
  for (const attempt of attempts) attempt.answer(delivered);
  await pause(1);
  assert.equal(attempts.length, 4);
  assert.equal(ledger.stats().delivered, 2);
});

test('after takeUnsent a payload is counted as not sent', () => {
  const { delivery, attempts, ledger } = setUp();
  delivery.takeUnsent();
  delivery.enqueue(payload(6));
  assert.deepEqual([ledger.stats().dropped.deadline, attempts.length, delivery.idle], [6, 0, true]);
});

test('where a flush has failed nothing is handed out: what is left is counted, as unanswered or as not sent', async () => {
  const { delivery, attempts, ledger } = setUp();
  for (let spans = 1; spans <= 5; spans++) delivery.enqueue(payload(spans));
  await pause(1);
  attempts[3]?.handOver();
  await delivery.flush(inMs(20));
  assert.deepEqual(delivery.takeUnsent(), []);
  delivery.settleUnanswered(0);
  const { dropped, delivered: arrived } = ledger.stats();
  assert.deepEqual([dropped.unanswered, dropped.deadline, arrived], [4, 11, 0]);
});

test('where something has been delivered since a flush failed, the rest is handed out', async () => {
  const { delivery, attempts } = setUp();
  for (let spans = 1; spans <= 2; spans++) delivery.enqueue(payload(spans));
  await delivery.flush(inMs(20));
  attempts[0]?.answer(delivered);
  await pause(1);
  assert.equal(delivery.takeUnsent().length, 1);
});

test('bytes that the system took more than 1 s ago without an answer are not believed to have arrived', async () => {
  const { delivery, attempts, ledger } = setUp({ exportTimeoutMs: 10_000 });
  delivery.enqueue(payload(3));
  await pause(1);
  attempts[0]?.handOver();
  await pause(1050);
  delivery.enqueue(payload(5));
  await pause(1);
  attempts[1]?.handOver();
  delivery.takeUnsent();
  delivery.settleUnanswered(0);
  const { dropped, delivered: arrived } = ledger.stats();
  assert.deepEqual([dropped.unanswered, arrived], [3, 5]);
});

test('bytes whose flush is cut short are counted as unanswered', async () => {
  const { delivery, attempts, ledger } = setUp();
  delivery.enqueue(payload(3));
  await pause(1);
  attempts[0]?.handOver();
  void delivery.flush(inMs(5000));
  delivery.takeUnsent();
  delivery.settleUnanswered(0);
  assert.equal(ledger.stats().dropped.unanswered, 3);
  attempts[0]?.answer(delivered);
});

test('late answers are waited for together, and count as what they say', async () => {
  const answers: readonly (Outcome | undefined)[] = [
    delivered,
    { status: 'delivered', rejected: { spans: 1, why: 'too old' } },
    { status: 'refused', why: 'answered 400' },
    undefined,
  ];
  const { delivery, attempts, ledger } = setUp();
  for (let spans = 1; spans <= 4; spans++) delivery.enqueue(payload(spans * 10));
  await pause(1);
  const allowedMs: number[] = [];
  for (const [index, attempt] of attempts.entries()) {
    attempt.handOver((timeoutMs) => {
      allowedMs.push(timeoutMs);
      const endMs = performance.now() + 20;
      while (performance.now() < endMs);
      return answers[index];
    });
  }
  assert.deepEqual(delivery.takeUnsent(), []);
  delivery.settleUnanswered(50);
  const { delivered: arrived, dropped, trouble } = ledger.stats();
  assert.deepEqual([arrived, dropped.refused, dropped.unanswered], [29, 31, 40]);
  assert.equal(trouble, 'answered 400');
  assert.ok(allowedMs[0] !== undefined && allowedMs[0] <= 50);
  assert.equal(allowedMs[3], 0);
  delivery.settleUnanswered(50);
  assert.equal(allowedMs.length, 4);
});

test('the hint for a target that nobody configured is in the line and in the ledger', async () => {
  const { delivery, ledger, lines } = setUp({ answer: () => later, firstFailureHint: 'set TRACING_URL' });
  delivery.enqueue(payload(1));
  await pause(1);
  assert.deepEqual(lines, ['http://jaeger does not take spans: ECONNREFUSED; set TRACING_URL; kept and retried']);
  assert.equal(ledger.stats().trouble, 'ECONNREFUSED; set TRACING_URL');
});

test('sending is not traced, wherever the batch became full', async (t) => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  t.after(() => context.disable());
  const seen: boolean[] = [];
  const { ledger, delivery } = setUp({
    transport: {
      target: '',
      close() {},
      async send() {
        seen.push(isTracingSuppressed(context.active()));
        await pause(1);
        seen.push(isTracingSuppressed(context.active()));
        return delivered;
      },
    },
  });
  await pause(1);
  delivery.enqueue(payload(1));
  assert.equal(isTracingSuppressed(context.active()), false);
  await delivery.flush(inMs(5000));
  assert.deepEqual([seen, ledger.stats().delivered], [[true, true], 1]);
});

/** A delivery with a spool, whose files another delivery finds. */
function withSpool(directory: string, more: Parameters<typeof setUp>[0] & Partial<SpoolingOptions> = {}) {
  return setUp({
    createSpooling: (parts) =>
      createSpooling({
        directory,
        format: 'jaeger',
        maxBytes: 1e6,
        maxAgeMs: 1e9,
        claimMs: 60_000,
        replayBytesPerSecond: 1e6,
        ...more,
        ...parts,
      }),
    ...more,
  });
}

test('what a target in trouble does not take goes to disk, and follows when it takes spans again', async (t) => {
  const directory = spoolDirectory(t);
  let isUp = false;
  const { delivery, attempts, ledger, lines } = withSpool(directory, { answer: () => (isUp ? delivered : later) });
  for (let spans = 1; spans <= 6; spans++) delivery.enqueue(payload(spans));
  await until(() => delivery.idle);
  assert.deepEqual([ledger.stats().spooled, attempts.length], [21, 4]);
  assert.equal(lines[0], `http://jaeger does not take spans: ECONNREFUSED; kept in ${directory} and retried`);
  isUp = true;
  await until(() => ledger.stats().delivered === 21);
  assert.deepEqual([ledger.stats().spooled, lines.at(-1)], [0, 'over: http://jaeger takes spans again']);
  assert.equal(spansOf(attempts.slice(4)).filter((spans) => spans === 6).length, 1);
  await until(() => namesIn(directory).length === 0);
});

test('what an earlier process left is sent, counted as replayed, at a bounded rate', async (t) => {
  const directory = spoolDirectory(t);
  const earlier = withSpool(directory, { answer: () => later });
  for (let spans = 1; spans <= 3; spans++) earlier.delivery.enqueue(payload(spans, 1000));
  await until(() => earlier.delivery.idle);
  earlier.delivery.takeUnsent();
  const { attempts, ledger } = withSpool(directory, { answer: () => delivered, replayBytesPerSecond: 5000 });
  await until(() => ledger.stats().replayed === 6);
  assert.deepEqual([spansOf(attempts), ledger.stats().delivered, ledger.stats().ended], [[1, 2, 3], 0, 0]);
  const [first = 0, , third = 0] = attempts.map(({ atMs }) => atMs);
  assert.ok(third - first >= 380, String(third - first));
});

test('beyond 10 000 bytes the newest goes to disk; where the disk fails it is dropped and counted', async (t) => {
  const directory = spoolDirectory(t);
  const { delivery, ledger } = withSpool(directory);
  delivery.enqueue(payload(1, 10_000));
  delivery.enqueue(payload(2, 10));
  await until(() => ledger.stats().spooled === 2);
  const full = withSpool(directory, { maxBytes: 0 });
  full.delivery.enqueue(payload(1, 10_000));
  full.delivery.enqueue(payload(2, 10));
  await until(() => full.ledger.stats().dropped.queueFull === 2);
  assert.match(full.lines[0] ?? '', /is full \(0 bytes\); spans wait in memory/);
});

test('where the spool is full, what waits for a target in trouble waits in memory', async (t) => {
  let isUp = false;
  const { delivery, ledger, attempts } = withSpool(spoolDirectory(t), {
    maxBytes: 0,
    answer: () => (isUp ? delivered : later),
  });
  delivery.enqueue(payload(3));
  await until(() => attempts.length >= 2);
  isUp = true;
  await until(() => ledger.stats().delivered === 3);
});

test('at the end what is not sent is on disk: what waits, what is unanswered, what was being written', async (t) => {
  const directory = spoolDirectory(t);
  const { delivery, attempts, ledger } = withSpool(directory, { maxQueueSize: 15 });
  for (let spans = 1; spans <= 5; spans++) delivery.enqueue(payload(spans));
  await pause(1);
  attempts[3]?.handOver();
  delivery.enqueue(payload(8));
  await delivery.flush(inMs(20));
  assert.deepEqual(delivery.takeUnsent(), []);
  delivery.settleUnanswered(0);
  delivery.enqueue(payload(1));
  delivery.giveUp(payload(2), 'deadline');
  assert.equal(ledger.stats().spooled, 1 + 2 + 3 + 4 + 5 + 8 + 1 + 2);
  await pause(50);
  assert.equal(namesIn(directory, '.spool').length, 8);
});

test('at the end what cannot be written is counted, and why is said', async (t) => {
  const { delivery, ledger } = withSpool(spoolDirectory(t), { maxBytes: 0 });
  delivery.enqueue(payload(3));
  await pause(1);
  await delivery.flush(inMs(5));
  delivery.takeUnsent();
  assert.equal(ledger.stats().dropped.spoolFull, 3);
  assert.match(ledger.stats().trouble ?? '', /is full/);
});

test('a file from disk that is refused is set aside, one that is under way at the end waits again', async (t) => {
  const directory = spoolDirectory(t);
  const earlier = withSpool(directory, { answer: () => later });
  for (let spans = 1; spans <= 2; spans++) earlier.delivery.enqueue(payload(spans));
  await until(() => earlier.delivery.idle);
  earlier.delivery.takeUnsent();
  const { delivery, attempts, ledger, lines } = withSpool(directory);
  await until(() => attempts.length >= 1);
  attempts[0]?.answer({ status: 'refused', why: 'answered 400' });
  await until(() => attempts.length >= 2);
  delivery.takeUnsent();
  assert.equal(ledger.stats().setAside, 1);
  assert.deepEqual(lines, [`1 spans kept in ${directory} were refused: answered 400; set aside as .refused`]);
  await until(() => namesIn(directory, '.refused').length === 1);
  assert.deepEqual([namesIn(directory, '.spool').length, namesIn(directory).length], [1, 2]);
});

test('a flush sends nothing from disk, and waits for what is under way from there', async (t) => {
  const directory = spoolDirectory(t);
  const { delivery, attempts, ledger } = withSpool(directory);
  delivery.enqueue(payload(1));
  await pause(1);
  attempts[0]?.answer(later);
  await until(() => attempts.length >= 2);
  const { flushed, whenFlushed } = watch(delivery.flush(inMs(5000)));
  await pause(20);
  assert.equal(flushed(), false);
  attempts[1]?.answer(delivered);
  await whenFlushed;
  assert.equal(ledger.stats().delivered, 1);
});

function watch(promise: Promise<void>) {
  let done = false;
  const whenFlushed = promise.then(() => {
    done = true;
  });
  return { flushed: () => done, whenFlushed };
}
