/** Ends by a signal: the process dies by it as bare does, or its own handler decides, and the spans arrive. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { asPid1, signalPid1, whyNoPid1 } from '../docker/pid-namespace.ts';
import { startCollector } from '../support/collector.ts';
import { run, start, testNode } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { arrived, noDeadline, program, shown, split } from './ends.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
const server = `require('http').createServer().listen(0, () => console.log('ready')); end(40);`;

suite('a server without a handler', { concurrency: 2 }, () => {
  test('sends its open spans as unfinished, and those that end meanwhile as they are', async (t) => {
    const collector = await startCollector(t, { mode: 'slow' });
    const app = program(
      t,
      `tracer.startSpan('open'); end(40); stay(); console.log('ready');
       const request = tracer.startSpan('request');
       const watch = setInterval(() => {
         if (signalled()) { clearInterval(watch); request.end(); }
       }, 10);
       const { existsSync } = require('fs'); const signalled = () => existsSync('signalled');`,
    );
    const running = app.start({ TRACING_URL: collector.jaegerUrl });
    await running.ready(/ready/);
    running.signal('SIGTERM');
    // The flush is under way: the answer takes 250 ms.
    await collector.waitForRequests(1);
    writeFileSync(join(app.cwd, 'signalled'), '');
    const ended = await running.ended;
    assert.deepEqual([ended.signal, split(ended)], ['SIGTERM', { own: '', said: [] }]);
    assert.deepEqual(arrived(collector), { span: 40, open: 1, request: 1 });
    const marked = collector.spans.filter(({ attributes }) => attributes['otel_preload.unfinished'] === true);
    assert.deepEqual(
      marked.map(({ name }) => name),
      ['open'],
    );
  });

  test('a second signal in the middle of the flush ends it now, and what has been delivered stays so', async (t) => {
    const collector = await startCollector(t);
    const env = {
      TRACING_URL: collector.jaegerUrl,
      TRACING_FLUSH_TIMEOUT: '20000',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '40',
    };
    const running = program(t, `${server} setTimeout(() => end(30, 'late'), 300);`).start(env);
    await collector.waitForSpans(40);
    collector.mode = 'hole';
    await new Promise((resolve) => setTimeout(resolve, 500));
    running.signal('SIGTERM');
    await collector.waitForRequests(2);
    running.signal('SIGTERM');
    const ended = await running.ended;
    assert.equal(ended.signal, 'SIGTERM');
    assert.ok(ended.ms < 15_000, `${ended.ms} ms`);
    assert.deepEqual(arrived(collector), { span: 40 });
  });

  test('a handler that the app installs during the flush comes too late', async (t) => {
    const collector = await startCollector(t, { mode: 'slow' });
    const source = `const { existsSync } = require('fs'); end(40); console.log('ready');
      setInterval(() => existsSync('signalled') && process.once('SIGTERM', () => console.log('handled')), 10);`;
    const app = program(t, source);
    const running = app.start({ TRACING_URL: collector.jaegerUrl });
    await running.ready(/ready/);
    running.signal('SIGTERM');
    await collector.waitForRequests(1);
    writeFileSync(join(app.cwd, 'signalled'), '');
    const { signal, stdout } = await running.ended;
    assert.deepEqual([signal, stdout, arrived(collector)], ['SIGTERM', 'ready\n', { span: 40 }]);
  });
});

suite('as PID 1', { concurrency: 2 }, () => {
  const lacking = whyNoPid1();
  for (const signal of signals) {
    test(`${signal} without a handler ends with 128+n, and 40 spans arrive`, async (t) => {
      if (lacking !== undefined) return skipOrFail(t, lacking);
      const collector = await startCollector(t);
      const { args, cwd } = program(t, server);
      const [unshare, ...flags] = asPid1;
      const env = { ...noDeadline, TRACING_URL: collector.jaegerUrl };
      const running = start(t, { node: unshare, args: [...flags, testNode, ...args], cwd, env });
      await running.ready(/ready/);
      signalPid1(running, signal);
      const ended = await running.ended;
      assert.deepEqual([ended.code, ended.stderr], [128 + constants.signals[signal], '']);
      assert.deepEqual(arrived(collector), { span: 40 });
    });
  }
});

interface Handled {
  readonly name: string;
  readonly source: string;
  readonly signal: NodeJS.Signals;
  readonly code: number | null;
  readonly spans: Readonly<Record<string, number>>;
}

const handled: readonly Handled[] = [
  {
    name: 'ends a span 1 s later and exits with 7',
    source: `process.on('SIGTERM', () => {
        console.log('draining');
        const span = tracer.startSpan('late');
        setTimeout(() => { span.end(); process.exit(7); }, 1000);
      });
      end(40); stay(); console.log('ready');`,
    signal: 'SIGTERM',
    code: 7,
    spans: { span: 40, late: 1 },
  },
  {
    name: 'is there once, and lets the loop run empty',
    source: `const timer = stay();
      process.once('SIGINT', (signal, number) => { console.log('got', signal, number); clearInterval(timer); end(1, 'late'); });
      end(40); console.log('ready');`,
    signal: 'SIGINT',
    // Node.js turns the raised signal into nothing: the handler has taken it
    code: 0,
    spans: { span: 40, late: 1 },
  },
  {
    name: 'is installed later on',
    source: `end(40); stay(); setTimeout(() => { process.on('SIGHUP', () => process.exit(8)); console.log('ready'); }, 100);`,
    signal: 'SIGHUP',
    code: 8,
    spans: { span: 40 },
  },
  {
    name: 'has been taken out again',
    source: `const handler = () => {}; process.on('SIGTERM', handler); process.off('SIGTERM', handler);
      end(40); stay(); console.log('ready');`,
    signal: 'SIGTERM',
    code: null,
    spans: { span: 40 },
  },
  {
    name: 'has been taken out with all others',
    source: `end(40); stay(); setTimeout(() => { process.removeAllListeners('SIGTERM'); console.log('ready'); }, 50);`,
    signal: 'SIGTERM',
    code: null,
    spans: { span: 40 },
  },
  {
    name: 'does nothing, and the app ends by itself',
    source: `process.on('SIGTERM', () => console.log('ignored')); end(40); console.log('ready'); setTimeout(() => {}, 600);`,
    signal: 'SIGTERM',
    code: 0,
    spans: { span: 40 },
  },
  {
    name: 'counts listeners and raises the signal where it is alone, as signal-exit does',
    source: `const handler = () => {
        if (process.listeners('SIGTERM').length !== 1) return console.log('not alone');
        console.log('alone');
        process.removeListener('SIGTERM', handler);
        process.kill(process.pid, 'SIGTERM');
      };
      process.on('SIGTERM', handler); end(40); stay(); setTimeout(() => console.log('ready'), 20);`,
    signal: 'SIGTERM',
    code: null,
    spans: { span: 40 },
  },
  {
    name: 'is signal-exit’s',
    source: `require('signal-exit').onExit((code, signal) => { console.log('exit', code, signal); end(1, 'late'); });
      end(40); stay(); setTimeout(() => console.log('ready'), 20);`,
    signal: 'SIGTERM',
    code: null,
    spans: { span: 40, late: 1 },
  },
];

suite('a handler of the app that', { concurrency: 2 }, () => {
  for (const { name, source, signal, code, spans } of handled) {
    test(`${name}: as bare, and every span arrives`, async (t) => {
      const collector = await startCollector(t);
      const { start, args, bareArgs } = program(t, source);
      const endOf = async (line: readonly string[]) => {
        const running = start({ TRACING_URL: collector.jaegerUrl }, line);
        await running.ready(/ready/);
        running.signal(signal);
        return shown(await running.ended);
      };
      const [without, traced] = await Promise.all([endOf(bareArgs), endOf(args)]);
      assert.deepEqual(traced, without);
      assert.equal(traced.code, code);
      assert.deepEqual(arrived(collector), spans);
    });
  }
});

test('under nohup SIGHUP does what it does to bare', async (t) => {
  const collector = await startCollector(t);
  const { args, bareArgs, cwd } = program(
    t,
    `end(40); setTimeout(() => process.kill(process.pid, 'SIGHUP'), 50); setTimeout(() => {}, 700);`,
  );
  const endOf = async (line: readonly string[]) => {
    const script = `trap '' HUP; exec "$@"`;
    const env = { ...noDeadline, TRACING_URL: collector.jaegerUrl };
    return shown(await run({ node: 'sh', args: ['-c', script, 'sh', testNode, ...line], cwd, env }));
  };
  assert.deepEqual(await endOf(args), await endOf(bareArgs));
  assert.deepEqual(arrived(collector), { span: 40 });
});

test('with TRACING_STATS=1 SIGUSR2 says in one line what became of the spans, and the app goes on', async (t) => {
  const collector = await startCollector(t);
  const source = `process.on('SIGUSR2', () => console.log('app')); end(40); stay();
    require('otel-preload').forceFlush().then(() => { end(2); console.log('ready'); });`;
  const running = program(t, source).start({ TRACING_URL: collector.jaegerUrl, TRACING_STATS: '1' });
  await running.ready(/ready/);
  running.signal('SIGUSR2');
  await running.ready(/app/);
  running.signal('SIGTERM');
  const { signal, stderr } = await running.ended;
  const line = `otel-preload: spans for ${collector.jaegerUrl}: 42 ended, 40 delivered, 2 waiting\n`;
  assert.deepEqual([signal, stderr, arrived(collector)], ['SIGTERM', line, { span: 42 }]);
});
