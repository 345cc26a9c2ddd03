import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type Ending, watchEnds } from '../../src/lifecycle/lifecycle.ts';
import { run } from '../support/run.ts';

// Not SIGUSR2: on that the test runner itself listens.
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;
const EVENTS = [...SIGNALS, 'exit', 'beforeExit', 'newListener', 'removeListener'] as const;

const nothing: Ending = {
  idle: true,
  endOpenSpans() {},
  flush: async () => {},
  flushBlocking() {},
  report() {},
  tell() {},
};

const counts = () => EVENTS.map((event) => process.listenerCount(event));
const methods = (): unknown[] => [
  Reflect.get(process, 'emit'),
  Reflect.get(process, 'reallyExit'),
  Object.hasOwn(process, 'emit'),
];
const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

function watch(t: TestContext) {
  const watching = watchEnds(nothing, { flushTimeoutMs: 1000 });
  t.after(() => watching.close());
  return watching;
}

test('close leaves process as it was', async () => {
  const before = [counts(), methods()];
  const watching = watchEnds(nothing, { flushTimeoutMs: 1000 });
  const listener = (): void => {};
  process.on('exit', listener);
  watching.close();
  process.off('exit', listener);
  await nextTick();
  assert.deepEqual([counts(), methods()], before);
});

test('process.emit is the one of Node.js again in the tick after an ‘exit’ listener came', async (t) => {
  watch(t);
  const before = methods();
  const listener = (): void => {};
  process.on('exit', listener);
  assert.notDeepEqual(methods(), before);
  await nextTick();
  assert.deepEqual(methods(), before);
  assert.notEqual(process.listeners('exit').at(-1), listener);
  process.off('exit', listener);
});

test('a signal has one listener: ours where the app has none, else the app’s', async (t) => {
  watch(t);
  for (const signal of SIGNALS) {
    assert.equal(process.listenerCount(signal), 1);
    const [ours] = process.listeners(signal);
    const [first, second] = [() => {}, () => {}];
    process.on(signal, first);
    await nextTick();
    assert.deepEqual(process.listeners(signal), [first]);
    process.once(signal, second);
    await nextTick();
    process.off(signal, first);
    assert.equal(process.listenerCount(signal), 1);
    process.off(signal, second);
    assert.deepEqual(process.listeners(signal), [ours]);
    process.removeAllListeners(signal);
    assert.deepEqual(process.listeners(signal), [ours]);
  }
});

test('the app may have ten listeners before Node.js warns, as without us', async (t) => {
  const warned: string[] = [];
  const onWarning = ({ message }: Error): void => void warned.push(message);
  process.on('warning', onWarning);
  const before = process.getMaxListeners();
  watch(t);
  t.after(() => process.setMaxListeners(before).off('warning', onWarning));
  const listeners = Array.from({ length: before - process.listenerCount('exit') + 1 }, () => () => {});
  for (const listener of listeners) process.on('exit', listener);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warned, []);
  for (const listener of listeners) process.off('exit', listener);
});

/** Runs a program under a watch whose ending tells what is asked of it. `idle` is a variable of the program. */
async function told(source: string): Promise<{ lines: string[]; code: number | null; signal: string | null }> {
  const preamble = `import { watchEnds } from ${JSON.stringify(new URL('../../src/lifecycle/lifecycle.ts', import.meta.url).href)};
    let idle = false;
    let flush = async () => {};
    watchEnds({
      get idle() { return idle; },
      endOpenSpans: () => console.log('end open'),
      flush: (deadlineMs) => { console.log('flush', Math.round((deadlineMs - performance.now()) / 1000)); return flush(); },
      flushBlocking: (timeoutMs) => console.log('block', Math.round(timeoutMs / 1000)),
      report: () => console.log('report'),
      tell: () => console.log('tell'),
    }, { flushTimeoutMs: 9000, tellsOnSignal: true });
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const kill = (signal) => process.kill(process.pid, signal);
`;
  const { stdout, stderr, code, signal } = await run({
    node: process.execPath,
    args: ['--input-type=module', '-e', preamble + source],
  });
  assert.equal(stderr, '');
  return { lines: stdout.trimEnd().split('\n'), code, signal };
}

const cases: readonly [name: string, source: string, lines: string[], end: number | NodeJS.Signals][] = [
  [
    'an empty loop: one flush, and nothing more where it has sent all',
    `flush = async () => { await pause(50); idle = true; }`,
    ['flush 9', 'end open', 'report'],
    0,
  ],
  [
    'an empty loop whose flush leaves something: no second one, the rest is for the thread, in what time is left',
    `flush = () => pause(2000);`,
    ['flush 9', 'end open', 'block 7', 'report'],
    0,
  ],
  ['an empty loop with nothing to send: no flush', `idle = true;`, ['end open', 'report'], 0],
  [
    'an empty loop that the app listens to: all is for the thread',
    `process.on('beforeExit', () => console.log('app'));`,
    ['app', 'end open', 'block 9', 'report'],
    0,
  ],
  ['process.exit(): the thread', `process.exit(3);`, ['end open', 'block 9', 'report'], 3],
  [
    'process.exit() in the middle of the flush at an empty loop: the thread gets what time is left',
    `flush = () => pause(5000); setTimeout(() => process.exit(3), 2000).unref();`,
    ['flush 9', 'end open', 'block 7', 'report'],
    3,
  ],
  [
    'an ‘exit’ listener that exits: still once, after it',
    `process.on('exit', () => { console.log('app'); process.exit(4); });`,
    ['flush 9', 'app', 'end open', 'block 9', 'report'],
    4,
  ],
  [
    'an error of ours in the middle of it changes no code',
    `Object.defineProperty(globalThis, 'console', { value: { log() { throw new Error('ours'); } } }); process.exit(3);`,
    [''],
    3,
  ],
  [
    'a signal: flush, then the rest in the thread, then the signal',
    `flush = () => pause(2000); kill('SIGTERM'); setInterval(() => {}, 1000);`,
    ['flush 9', 'end open', 'block 7', 'report'],
    'SIGTERM',
  ],
  [
    'a second signal: nothing is waited for any more, and it is the one that the process dies by',
    `flush = () => pause(60_000); kill('SIGTERM'); setTimeout(kill, 100, 'SIGINT');`,
    ['flush 9', 'end open', 'block 0', 'report'],
    'SIGINT',
  ],
  [
    'SIGUSR2 tells, and is no end, whatever the app does with its listeners; each is called once',
    `process.on('SIGUSR2', () => console.log('app')); setInterval(() => {}, 1000); kill('SIGUSR2'); await pause(50);
     process.removeAllListeners('SIGUSR2'); kill('SIGUSR2'); await pause(50); idle = true; process.exit(3);`,
    ['tell', 'app', 'tell', 'end open', 'report'],
    3,
  ],
  [
    'a flush that fails: the signal all the same',
    `flush = () => Promise.reject(new Error('ours')); kill('SIGHUP'); setInterval(() => {}, 1000);`,
    ['flush 9', 'end open', 'block 9', 'report'],
    'SIGHUP',
  ],
];

for (const [name, source, lines, end] of cases) {
  test(name, async () => {
    const ended = await told(source);
    assert.deepEqual(ended.lines, lines);
    assert.equal(ended.signal ?? ended.code, end);
  });
}
