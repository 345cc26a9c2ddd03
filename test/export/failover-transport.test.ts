import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createFailoverTransport } from '../../src/export/failover-transport.ts';
import { createHttpTransport } from '../../src/export/http-transport.ts';
import type { Outcome, Transport } from '../../src/export/transport.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { closing, inMs, pause, payloadOf, recordLog, sendOne, until } from './support.ts';

function create(t: TestContext, urls: readonly string[]) {
  const { log, lines } = recordLog();
  const all = urls.map((url) => createHttpTransport({ url, headers: {}, gzip: false }));
  return { transport: closing(t, createFailoverTransport(all, log)), lines };
}

const delivered: Outcome = { status: 'delivered' };
const away: Outcome = { status: 'retryable', why: 'away' };

/** Targets that answer what `answers` says at the moment, and what they were asked. */
function scripted(answers: Record<string, Outcome | ((deadlineMs: number) => Promise<Outcome>)>) {
  const asked: string[] = [];
  const transports = Object.keys(answers).map((target): Transport => ({
    target,
    send(_, deadlineMs, onHandedOver) {
      asked.push(target);
      onHandedOver?.();
      const answer = answers[target] ?? away;
      return typeof answer === 'function' ? answer(deadlineMs) : Promise.resolve(answer);
    },
    close: () => void asked.push(`close ${target}`),
  }));
  const { log, lines } = recordLog();
  return { transport: createFailoverTransport(transports, log), asked: () => asked.splice(0), answers, lines };
}

test('spans go to the first target; when it refuses connections to the next; one line each way', async (t) => {
  const first = await startCollector(t);
  const second = await startCollector(t);
  const { transport, lines } = create(t, [first.jaegerUrl, second.jaegerUrl]);
  assert.equal(transport.target, `${first.jaegerUrl} or ${second.jaegerUrl}`);
  assert.deepEqual(await sendOne(transport), delivered);
  const { port, jaegerUrl } = first;
  await first.close();
  for (let n = 0; n < 5; n++) assert.deepEqual(await sendOne(transport), delivered);
  assert.deepEqual([first.requests.length, second.requests.length], [1, 5]);
  assert.match(lines.join('\n'), /^http:\S+ does not take spans: ECONN\w+; they go to http:\S+$/);
  assert.ok(lines[0]?.startsWith(jaegerUrl) && lines[0].endsWith(second.jaegerUrl));
  const again = await startCollector(t, { port });
  await until(() => {
    void sendOne(transport);
    return again.requests.length > 0;
  });
  await pause(50);
  assert.deepEqual(lines.slice(1), [`over: ${jaegerUrl} takes spans again`]);
});

test('a target that never answers costs half of the time at most, once', async (t) => {
  const hole = await startCollector(t, { mode: 'hole' });
  const second = await startCollector(t);
  const { transport, lines } = create(t, [hole.jaegerUrl, second.jaegerUrl]);
  assert.deepEqual(await transport.send(payloadOf(1), inMs(400)), delivered);
  assert.match(lines[0] ?? '', /does not take spans: no answer in time; they go to/);
  for (let n = 0; n < 10; n++) assert.deepEqual(await transport.send(payloadOf(1), inMs(400)), delivered);
  assert.deepEqual([hole.requests.length, second.requests.length], [1, 11]);
});

test('a hole, a port that refuses and a slow one: all within one deadline', async (t) => {
  const hole = await startCollector(t, { mode: 'hole' });
  const slow = await startCollector(t, { mode: 'slow', delayMs: 250 });
  const refusing = `http://127.0.0.1:${await refusedPort()}/api/traces`;
  const { transport } = create(t, [hole.jaegerUrl, refusing, slow.jaegerUrl]);
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => transport.send(payloadOf(2), inMs(1000))));
  for (const outcome of outcomes) assert.deepEqual(outcome, delivered);
  assert.equal(slow.spans.length, 8);
});

test('a target that has not taken any has 400 ms, then 800; one that has, half of what is left', async () => {
  let given = 0;
  const measured = (deadlineMs: number): Promise<Outcome> => {
    given = deadlineMs - performance.now();
    return Promise.resolve(away);
  };
  const { transport, answers } = scripted({ a: measured, b: delivered });
  const gives = async (ms: number): Promise<void> => {
    await transport.send(payloadOf(1), inMs(10_000));
    assert.ok(given > ms / 2 && given <= ms, `${given} of ${ms}`);
  };
  await gives(400);
  await pause(1300);
  await gives(800);
  await pause(2500);
  answers['a'] = delivered;
  await transport.send(payloadOf(1), inMs(1000));
  answers['a'] = measured;
  await gives(5000);
  await pause(1300);
  await gives(400);
});

test('a target that is in order has all of the time where only failed ones are left', async () => {
  let given = 0;
  const slow = (deadlineMs: number): Promise<Outcome> => {
    given = deadlineMs - performance.now();
    return Promise.resolve(delivered);
  };
  const { transport, answers } = scripted({ a: away, b: delivered });
  await transport.send(payloadOf(1), inMs(1000));
  answers['b'] = slow;
  await transport.send(payloadOf(1), inMs(1000));
  assert.ok(given > 900, String(given));
});

test('a refusal of the payload is final, one that speaks of the target is not', async () => {
  const { transport, asked, answers } = scripted({
    a: { status: 'refused', why: 'answered 400 to 1 spans' },
    b: delivered,
  });
  const refused = { status: 'refused', why: 'refuses spans: a answered 400 to 1 spans' };
  assert.deepEqual(await sendOne(transport), refused);
  assert.deepEqual(asked(), ['a']);
  answers['a'] = { status: 'refused', why: 'answered 401 to 1 spans', elsewhere: true };
  assert.deepEqual(await sendOne(transport), delivered);
  assert.deepEqual(asked(), ['a', 'b']);
});

test('where all fail the outcome has what each said, and is final only where all are', async () => {
  const wrong: Outcome = { status: 'refused', why: 'answered 404', elsewhere: true };
  const { transport, answers, lines } = scripted({ a: wrong, b: wrong });
  const why = 'refuses spans: a: answered 404; b: answered 404';
  assert.deepEqual(await sendOne(transport), { status: 'refused', why, elsewhere: true });
  answers['b'] = away;
  assert.deepEqual(await sendOne(transport), { status: 'retryable', why: 'a: answered 404; b: away' });
  // whoever hears the outcome says it
  assert.deepEqual(lines, []);
});

test('of the times that targets ask for, the shortest counts', async () => {
  const busy: Outcome = { status: 'retryable', why: 'busy', afterMs: 7000 };
  const { transport, answers } = scripted({ a: busy, b: { ...busy, afterMs: 5000 } });
  assert.deepEqual(await sendOne(transport), { status: 'retryable', why: 'a: busy; b: busy', afterMs: 5000 });
  answers['b'] = away;
  assert.deepEqual(await sendOne(transport), { status: 'retryable', why: 'a: busy; b: away' });
});

test('a target that failed is tried again after about 1 s, by one payload, and later and later', async () => {
  const { transport, asked, answers } = scripted({ a: away, b: delivered });
  const tried = async (): Promise<number> => {
    await Promise.all([sendOne(transport), sendOne(transport), sendOne(transport)]);
    return asked().filter((target) => target === 'a').length;
  };
  // Those that fail together are one failure.
  assert.equal(await tried(), 3);
  await pause(700);
  assert.equal(await tried(), 0);
  await pause(600);
  assert.equal(await tried(), 1);
  await pause(1400);
  assert.equal(await tried(), 0);
  answers['a'] = delivered;
  await pause(1200);
  assert.equal(await tried(), 1);
  assert.equal(await tried(), 3);
});

test('a target that asked for more time is left alone for so long', async () => {
  const { transport, asked } = scripted({ a: { status: 'retryable', why: 'busy', afterMs: 60_000 }, b: delivered });
  await sendOne(transport);
  await pause(1300);
  asked();
  await sendOne(transport);
  assert.deepEqual(asked(), ['b']);
});

test('a failed target is tried at once where all others fail too', async () => {
  const { transport, asked, answers, lines } = scripted({ a: away, b: delivered });
  await sendOne(transport);
  Object.assign(answers, { a: delivered, b: away });
  asked();
  assert.deepEqual(await sendOne(transport), delivered);
  assert.deepEqual(asked(), ['b', 'a']);
  assert.deepEqual(lines, [
    'a does not take spans: away; they go to b',
    'over: a takes spans again',
    'b does not take spans: away; they go to a',
  ]);
});

test('closed in the middle of a send, no other target is asked', async () => {
  const { transport, asked } = scripted({
    a: async () => {
      transport.close();
      return await Promise.resolve(away);
    },
    b: delivered,
  });
  assert.deepEqual(await sendOne(transport), { status: 'retryable', why: 'a: away' });
  assert.deepEqual(asked(), ['a', 'close a', 'close b']);
});

test('after the deadline no further target is asked', async () => {
  const late = async (): Promise<Outcome> => {
    await pause(30);
    return away;
  };
  const { transport, asked } = scripted({ a: late, b: delivered });
  assert.deepEqual(await transport.send(payloadOf(1), inMs(20)), { status: 'retryable', why: 'a: away' });
  assert.deepEqual(asked(), ['a']);
});

test('what a failed target was handed has no answer, until the next has it', async () => {
  const { transport } = scripted({ a: away, b: delivered });
  const told: (Outcome | 'no answer' | undefined)[] = [];
  await transport.send(payloadOf(1), inMs(1000), (lateAnswer) => {
    told.push(lateAnswer === undefined ? undefined : (lateAnswer(0) ?? 'no answer'));
  });
  assert.deepEqual(told, [undefined, 'no answer', undefined]);
});

test('a target that took nothing was handed nothing', async (t) => {
  const collector = await startCollector(t);
  const { transport } = create(t, [`http://127.0.0.1:${await refusedPort()}/`, collector.jaegerUrl]);
  let handedOver = 0;
  assert.deepEqual(await transport.send(payloadOf(1), inMs(5000), () => handedOver++), delivered);
  assert.equal(handedOver, 1);
});
