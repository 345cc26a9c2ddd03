/** Worker threads: their spans arrive however they or the main thread end, and what cannot is counted in the main thread's line. */
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { arrived, exporters, program, shown, split, type Program } from './ends.ts';

/** One file for all threads: `main` runs in the main thread, `worker` where `name` is 'worker', and so on. */
function threads(t: TestContext, main: string, others: Readonly<Record<string, string>>): Program {
  const branches = Object.entries(others).map(
    ([name, source]) => `else if (workerData.name === '${name}') { ${source} }`,
  );
  return program(
    t,
    `const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
     const start = (name, options) => new Worker(__filename, { workerData: { name }, ...options });
     const tell = () => parentPort.postMessage('ready');
     if (isMainThread) { ${main} } ${branches.join(' ')}`,
  );
}

const running = `end(10, 'worker'); tell(); stay();`;

interface End {
  readonly name: string;
  readonly main: string;
  readonly worker: string;
  /** Further threads. */
  readonly others?: Readonly<Record<string, string>>;
  readonly code: number | null;
  readonly spans: Readonly<Record<string, number>>;
  readonly lost?: number;
  /** `terminate()` waits for a thread's answer for a moment only: where others use the machine, once in a while too short a one. */
  readonly isHurried?: boolean;
}

const all = { span: 40, worker: 10 };

const ends: readonly End[] = [
  {
    name: 'that still runs at process.exit(3)',
    main: `end(40); start('worker').on('message', () => process.exit(3));`,
    worker: running,
    code: 3,
    spans: all,
  },
  {
    name: 'that still runs when the main thread throws',
    main: `end(40); start('worker').on('message', () => { throw new Error('broken'); });`,
    worker: running,
    code: 1,
    spans: all,
  },
  {
    name: 'that still runs at SIGTERM',
    main: `end(40); start('worker').on('message', () => process.kill(process.pid, 'SIGTERM'));`,
    worker: running,
    code: null,
    spans: all,
  },
  {
    name: 'that is unref’d when the main thread’s loop is empty',
    main: `end(40); const worker = start('worker').on('message', () => worker.unref());`,
    worker: running,
    code: 0,
    spans: all,
  },
  {
    name: 'with an open span at process.exit(3)',
    main: `end(40); start('worker').on('message', () => process.exit(3));`,
    worker: `end(9, 'worker'); tracer.startSpan('worker'); tell(); stay();`,
    code: 3,
    spans: all,
  },
  {
    name: 'that ends while the main thread does',
    main: `end(40); start('worker').on('message', () => process.exit(3));`,
    worker: `end(10, 'worker'); tell(); process.exit(5);`,
    code: 3,
    spans: all,
  },
  {
    name: 'that ends by itself',
    main: `start('worker').on('exit', (code) => { console.log('exit', code); end(40); });`,
    worker: `end(10, 'worker');`,
    code: 0,
    spans: all,
  },
  {
    name: 'that calls process.exit(5)',
    main: `start('worker').on('exit', (code) => { console.log('exit', code); end(40); });`,
    worker: `process.on('exit', () => end(1, 'late')); end(10, 'worker'); process.exit(5);`,
    code: 0,
    spans: { ...all, late: 1 },
  },
  {
    name: 'that throws',
    main: `start('worker').on('error', ({ message }) => { console.log('error', message); end(40); });`,
    worker: `end(10, 'worker'); throw new Error('broken in the worker');`,
    code: 0,
    spans: all,
  },
  {
    name: 'that throws, which ends the main thread',
    main: `start('worker'); end(40);`,
    worker: `end(10, 'worker'); throw new Error('broken in the worker');`,
    code: 1,
    spans: all,
  },
  {
    name: 'that is terminated',
    main: `end(40); const worker = start('worker').on('message', () => worker.terminate().then((code) => console.log('terminated', code)));`,
    worker: running,
    code: 0,
    spans: all,
    isHurried: true,
  },
  {
    name: 'that is terminated in the tick of process.exit(3)',
    main: `end(40); const worker = start('worker').on('message', () => { worker.terminate(); process.exit(3); });`,
    worker: running,
    code: 3,
    spans: all,
    isHurried: true,
  },
  {
    name: 'with an environment of its own',
    main: `end(40); start('worker', { env: {} }).on('message', () => process.exit(3));`,
    worker: running,
    code: 3,
    spans: all,
  },
  {
    name: 'that is not traced',
    main: `end(40); start('worker', { execArgv: [] }).on('message', () => process.exit(3));`,
    worker: running,
    code: 3,
    spans: { span: 40 },
  },
  {
    name: 'with a thread of its own at process.exit(3)',
    main: `end(40); start('worker').on('message', () => process.exit(3));`,
    worker: `end(10, 'worker'); start('below').on('message', tell);`,
    others: { below: `end(5, 'below'); tell(); stay();` },
    code: 3,
    spans: { ...all, below: 5 },
  },
  {
    name: 'that exits with a thread of its own running',
    main: `end(40); start('worker').on('exit', (code) => console.log('exit', code));`,
    worker: `end(10, 'worker'); start('below').on('message', () => process.exit(4));`,
    others: { below: `end(5, 'below'); tell(); stay();` },
    code: 0,
    spans: { ...all, below: 5 },
  },
  {
    name: 'that is terminated with a thread of its own running',
    main: `end(40); const worker = start('worker').on('message', () => worker.terminate());`,
    worker: `end(10, 'worker'); start('below').on('message', tell);`,
    others: { below: `end(5, 'below'); tell(); stay();` },
    code: 0,
    spans: { ...all, below: 5 },
    isHurried: true,
  },
  {
    name: 'below one that is not traced',
    main: `end(40); start('worker', { execArgv: [] }).on('message', () => process.exit(3));`,
    worker: `start('below', { execArgv: ['--require', require.resolve('otel-preload/register')] }).on('message', tell);`,
    others: { below: `end(5, 'below'); tell(); stay();` },
    code: 3,
    spans: { span: 40, below: 5 },
  },
  {
    name: 'that is stuck at process.exit(3)',
    main: `end(40); start('worker').on('message', () => process.exit(3));`,
    worker: `end(10, 'worker'); tell(); for (;;);`,
    code: 3,
    spans: { span: 40 },
    lost: 10,
  },
  {
    name: 'that is stuck and terminated',
    main: `end(40); const worker = start('worker').on('message', () => worker.terminate());`,
    worker: `end(10, 'worker'); tell(); for (;;);`,
    code: 0,
    spans: { span: 40 },
    lost: 10,
  },
  {
    name: 'that has no memory left',
    main: `end(40); start('worker', { resourceLimits: { maxOldGenerationSizeMb: 16 } }).on('error', ({ code }) => console.log(code));`,
    worker: `end(10, 'worker'); const all = []; for (;;) all.push(Array(1000).fill({}));`,
    code: 0,
    spans: { span: 40 },
    lost: 10,
  },
];

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

/** On Node.js 20 the way of an error from thread to thread has frames of its own under any AsyncLocalStorage. */
const stackless = (stderr: string): string => stderr.replaceAll(/^ +at .*\n/gm, '');

const isHalted = / these are lost: (\d+) in a worker thread that was ended before it could hand them over\n$/;

suite('a thread', { concurrency: 2 }, () => {
  for (const { name, main, worker, others, code, spans, lost = 0, isHurried = false } of ends) {
    test(`${name}: bare's end, and every span arrives or is counted`, async (t) => {
      for (let tries = isHurried ? 6 : 1; ; tries--) {
        const collector = await startCollector(t);
        const { bare, traced } = threads(t, main, { worker, ...others });
        // A thread gets a share of the deadline to answer in, which is too short where others use the machine too.
        const env = { TRACING_URL: collector.jaegerUrl, TRACING_FLUSH_TIMEOUT: '4000' };
        const [without, ended] = await Promise.all([bare(), traced(env)]);
        const { own, said } = split(ended);
        assert.deepEqual(
          { ...shown(ended), stderr: stackless(own) },
          { ...shown(without), stderr: stackless(without.stderr) },
        );
        assert.equal(ended.code, code);
        const counted = said.map((line) => Number(isHalted.exec(line)?.[1]));
        const came = arrived(collector);
        if (tries > 1 && counted.length > 0) {
          assert.equal(sum(counted) + sum(Object.values(came)), sum(Object.values(spans)), said.join(''));
          t.diagnostic(`once more: ${said.join('')}`);
          continue;
        }
        assert.deepEqual([came, counted], [spans, lost === 0 ? [] : [lost]]);
        return;
      }
    });
  }
});

for (const [exporter, envOf] of Object.entries(exporters)) {
  test(`threads send by the main thread's exporter (${exporter})`, async (t) => {
    const collector = await startCollector(t, { agent: true, grpc: true });
    const main = `end(40); let left = 3; for (let n = 0; n < 3; n++) start('worker').on('message', () => { if (--left === 0) process.exit(3); });`;
    const ended = await threads(t, main, { worker: running }).traced(envOf(collector));
    assert.deepEqual([ended.code, ended.stderr], [3, '']);
    await collector.waitForSpans(70);
    assert.deepEqual(arrived(collector), { span: 40, worker: 30 });
    assert.ok(collector.connections.opened <= 4, String(collector.connections.opened));
  });
}

const ways = {
  'a static import': `import { Worker, isMainThread, parentPort } from 'node:worker_threads';`,
  'a dynamic import': `const { Worker, isMainThread, parentPort } = await import('worker_threads');`,
  'process.getBuiltinModule()': `const { Worker, isMainThread, parentPort } = process.getBuiltinModule('worker_threads');`,
};

for (const [name, way] of Object.entries(ways)) {
  test(`in an ES module, where Worker comes from ${name}, a thread that still runs at process.exit(3) loses nothing`, async (t) => {
    const collector = await startCollector(t);
    const source = `${way} import { trace } from '@opentelemetry/api';
      const end = (count, name) => { for (let n = 0; n < count; n++) trace.getTracer('app').startSpan(name).end(); };
      if (isMainThread) { end(40, 'span'); new Worker(new URL(import.meta.url)).on('message', () => process.exit(3)); }
      else { end(10, 'worker'); parentPort.postMessage('ready'); setInterval(() => {}, 1000); }`;
    const { start, args } = program(t, '', { 'app.mjs': source });
    const line = args.map((part) => part.replace('app.cjs', 'app.mjs'));
    const ended = await start({ TRACING_URL: collector.jaegerUrl }, line).ended;
    assert.deepEqual([ended.code, ended.stderr, arrived(collector)], [3, '', { span: 40, worker: 10 }]);
  });
}

test('two exporters each get every span of a thread', async (t) => {
  const [jaeger, otlp] = [await startCollector(t), await startCollector(t)];
  const main = `start('worker').on('message', () => process.exit(3));`;
  const ended = await threads(t, main, { worker: running }).traced({
    OTEL_TRACES_EXPORTER: 'otlp,jaeger',
    TRACING_URL: jaeger.jaegerUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
  });
  assert.deepEqual([ended.stderr, arrived(jaeger), arrived(otlp)], ['', { worker: 10 }, { worker: 10 }]);
});

test('a collector that refuses connections: one line for all threads', async (t) => {
  const url = `http://127.0.0.1:${await refusedPort()}/api/traces`;
  const main = `end(40); start('worker').on('exit', () => start('worker', { argv: ['stay'] }).on('message', () => process.exit(3)));`;
  const worker = `end(10, 'worker'); if (process.argv[2] === 'stay') { tell(); stay(); } else process.exit();`;
  const ended = await threads(t, main, { worker }).traced({ TRACING_URL: url });
  const { said } = split(ended);
  assert.equal(ended.code, 3);
  const lost = said.filter((line) => line.includes('these are lost'));
  assert.equal(lost.length, 1);
  assert.match(
    lost.join(),
    /^otel-preload: of 60 spans for \S+ these are lost: 60 not sent before the process ended; ECONNREFUSED\n$/,
  );
});

/** What a pool does whose idle threads block: piscina, tinypool. Each task ends a span. */
const pool = `
  const { receiveMessageOnPort } = require('worker_threads');
  const words = new Int32Array(workerData.shared);
  tell();
  for (let seen = 0; ; seen = Atomics.load(words, 0)) {
    for (let task; (task = receiveMessageOnPort(parentPort)) !== undefined; ) {
      tracer.startSpan('task').end();
      parentPort.postMessage('done');
    }
    Atomics.wait(words, 0, seen);
  }`;
const poolMain = (tasks: number, then: string): string => `
  const shared = new SharedArrayBuffer(4);
  const words = new Int32Array(shared);
  const worker = start('worker', { workerData: { name: 'worker', shared } });
  let done = -1;
  worker.on('message', () => {
    if (++done === ${tasks}) { ${then} return; }
    worker.postMessage('task');
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
  });`;

suite('a pool whose idle threads block', { concurrency: 2 }, () => {
  const thens = {
    'at process.exit()': 'process.exit(3);',
    'at terminate()': 'worker.terminate();',
    'at SIGTERM': `process.kill(process.pid, 'SIGTERM');`,
  };
  for (const [name, then] of Object.entries(thens)) {
    test(`${name}: 1000 tasks are 1000 spans, in as few batches as elsewhere`, async (t) => {
      const collector = await startCollector(t);
      const { bare, traced } = threads(t, poolMain(1000, then), { worker: pool });
      const ended = await traced({ TRACING_URL: collector.jaegerUrl });
      assert.deepEqual(shown(ended), shown(await bare()));
      assert.deepEqual(arrived(collector), { task: 1000 });
      assert.ok(collector.requests.length <= 20, String(collector.requests.length));
    });
  }

  test('while it is idle: what is older than the schedule delay arrives', async (t) => {
    const collector = await startCollector(t);
    const { start } = threads(t, poolMain(7, ''), { worker: pool });
    start({ TRACING_URL: collector.jaegerUrl, OTEL_BSP_SCHEDULE_DELAY: '200' });
    await collector.waitForSpans(7, 15_000);
  });
});

test('an app sees nothing of it', async (t) => {
  const collector = await startCollector(t);
  const seen = `console.log(JSON.stringify([
      Object.getOwnPropertyNames(Atomics), Object.getOwnPropertyDescriptor(Atomics, 'wait').enumerable, Atomics.wait.name, Atomics.wait.length,
      Object.keys(Worker.prototype), Worker.prototype.terminate.name, Worker.prototype.terminate.length,
      process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Timeout'),
    ]));`;
  const main = `end(1); let messages = 0;
    const worker = start('worker').on('message', () => messages++).on('exit', (code) => { console.log('exit', code, messages); ${seen} });
    console.log(worker.eventNames(), Object.keys(worker).length);`;
  const worker = `${seen} console.log(parentPort.eventNames(), Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20));
    end(1, 'worker'); tell();`;
  const { bare, traced } = threads(t, main, { worker });
  assert.deepEqual(shown(await traced({ TRACING_URL: collector.jaegerUrl })), shown(await bare()));
  assert.deepEqual(arrived(collector), { span: 1, worker: 1 });
});

test('forceFlush() of a thread resolves when the main thread has sent its spans; stats() of both count them', async (t) => {
  const collector = await startCollector(t, { mode: 'slow' });
  const stats = `JSON.stringify(require('otel-preload').stats())`;
  const main = `end(40); start('worker').on('message', () => console.log('main', ${stats}));`;
  const worker = `const startedMs = performance.now(); end(10, 'worker');
    require('otel-preload').forceFlush().then(() => { console.log('worker', performance.now() - startedMs > 200, ${stats}); tell(); });`;
  const ended = await threads(t, main, { worker }).traced({ TRACING_URL: collector.jaegerUrl });
  const of = (name: string): unknown => {
    const { ended: spans, delivered } = JSON.parse(
      new RegExp(`^${name}.*?(\\{.*)$`, 'm').exec(ended.stdout)?.[1] ?? '',
    );
    return [spans, delivered];
  };
  assert.match(ended.stdout, /^worker true/m);
  assert.deepEqual(
    [of('worker'), of('main')],
    [
      [10, 10],
      [50, 50],
    ],
  );
});

test('a worker thread leaves signals to the main thread: both die by SIGTERM', async (t) => {
  const collector = await startCollector(t);
  const source = `const { Worker, isMainThread } = require('worker_threads');
    if (isMainThread) { end(40); new Worker(__filename).on('message', console.log); }
    else { require('worker_threads').parentPort.postMessage('ready ' + process.listenerCount('SIGTERM')); stay(); }`;
  const running = program(t, source).start({ TRACING_URL: collector.jaegerUrl });
  await running.ready(/ready 0/);
  running.signal('SIGTERM');
  const { signal, stderr } = await running.ended;
  assert.deepEqual([signal, stderr, arrived(collector)], ['SIGTERM', '', { span: 40 }]);
});
