/** Ends of cluster workers and child processes. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { arrived, program, shown } from './ends.ts';

test('cluster workers that disconnect, exit or are killed deliver their spans, the primary its own', async (t) => {
  const collector = await startCollector(t);
  const source = `const cluster = require('cluster');
    if (cluster.isPrimary) {
      end(40);
      const codes = [];
      for (const how of ['disconnect', 'exit', 'kill']) {
        const worker = cluster.fork({ HOW: how });
        worker.on('message', () => process.kill(worker.process.pid, 'SIGTERM'));
        worker.on('exit', (code, signal) => { codes.push(how + ' ' + code + ' ' + signal); if (codes.length === 3) console.log(codes.sort().join(', ')); });
      }
    } else {
      end(10, process.env.HOW);
      if (process.env.HOW === 'exit') process.exit(3);
      if (process.env.HOW === 'disconnect') process.disconnect();
      if (process.env.HOW === 'kill') process.send('ready');
    }`;
  const { bare, traced } = program(t, source);
  const ended = shown(await traced({ TRACING_URL: collector.jaegerUrl }));
  assert.deepEqual(ended, shown(await bare()));
  assert.equal(ended.stdout, 'disconnect 0 null, exit 3 null, kill null SIGTERM\n');
  assert.deepEqual(arrived(collector), { span: 40, disconnect: 10, exit: 10, kill: 10 });
});

test('a fork inherits the preload by its flag, a spawned Node.js by NODE_OPTIONS', async (t) => {
  const collector = await startCollector(t);
  const source = `const { fork, spawn } = require('child_process');
    if (process.argv[2]) { end(10, process.argv[2]); process.exit(2); }
    end(40);
    fork(__filename, ['forked']).on('exit', (code) => {
      console.log('forked', code);
      const env = { ...process.env, NODE_OPTIONS: '--require ' + require.resolve('otel-preload/register') };
      spawn(process.execPath, [__filename, 'spawned'], { env, stdio: 'inherit' }).on('exit', (code) => console.log('spawned', code));
    });`;
  const ended = await program(t, source).traced({ TRACING_URL: collector.jaegerUrl });
  assert.deepEqual(shown(ended), { code: 0, signal: null, stdout: 'forked 2\nspawned 2\n', stderr: '' });
  assert.deepEqual(arrived(collector), { span: 40, forked: 10, spawned: 10 });
});

interface Company {
  readonly name: string;
  readonly primary: string;
  readonly worker: string;
  readonly spans: Readonly<Record<string, number>>;
}

const serve = `require('http').createServer().listen(0, () => { end(10, 'worker'); process.send('ready'); });`;

const companies: readonly Company[] = [
  {
    name: 'worker.kill()',
    primary: `const worker = cluster.fork().on('message', () => worker.kill());
      worker.on('exit', (code, signal) => { end(40); console.log(code, signal, worker.exitedAfterDisconnect); });`,
    worker: serve,
    spans: { span: 40, worker: 10 },
  },
  {
    name: 'worker.process.kill()',
    primary: `const worker = cluster.fork().on('message', () => worker.process.kill());
      worker.on('exit', (code, signal) => { end(40); console.log(code, signal); });`,
    worker: serve,
    spans: { span: 40, worker: 10 },
  },
  {
    name: 'worker.disconnect()',
    primary: `const worker = cluster.fork().on('message', () => worker.disconnect());
      worker.on('exit', (code, signal) => { end(40); console.log(code, signal, worker.exitedAfterDisconnect); });`,
    worker: serve,
    spans: { span: 40, worker: 10 },
  },
  {
    name: 'cluster.disconnect() of four workers',
    primary: `let ready = 0; end(40);
      for (let n = 0; n < 4; n++) cluster.fork().on('message', () => ++ready === 4 && cluster.disconnect(() => console.log('all gone')));`,
    worker: serve,
    spans: { span: 40, worker: 40 },
  },
  {
    name: 'SIGTERM of the primary, whose workers exit when it is gone',
    primary: `end(40); cluster.fork().on('message', () => process.kill(process.pid, 'SIGTERM'));`,
    worker: serve,
    spans: { span: 40, worker: 10 },
  },
  {
    name: 'process.exit(3) of the primary',
    primary: `end(40); cluster.fork().on('message', () => process.exit(3));`,
    worker: serve,
    spans: { span: 40, worker: 10 },
  },
  {
    name: 'an uncaught throw in a worker that is replaced',
    primary: `let started = 1; end(40); cluster.fork();
      cluster.on('exit', (worker, code) => { console.log(code); if (started++ === 1) cluster.fork(); });`,
    worker: `end(10, 'worker'); setTimeout(() => { throw new Error('broken'); }, 20);`,
    spans: { span: 40, worker: 20 },
  },
];

suite('cluster', { concurrency: 2 }, () => {
  for (const { name, primary, worker, spans } of companies) {
    test(`${name}: bare's end, and every span of all processes`, async (t) => {
      const collector = await startCollector(t);
      const source = `const cluster = require('cluster'); if (cluster.isPrimary) { ${primary} } else { ${worker} }`;
      const { bare, traced } = program(t, source);
      const [without, ended] = await Promise.all([bare(), traced({ TRACING_URL: collector.jaegerUrl })]);
      assert.deepEqual({ ...shown(ended), stderr: '' }, { ...shown(without), stderr: '' });
      assert.equal(/otel-preload/.test(ended.stderr.replaceAll(/\/tmp\/otel-preload-\w+/g, '')), false, ended.stderr);
      const wanted = Object.values(spans).reduce((sum, count) => sum + count, 0);
      // Workers whose primary is gone end after it.
      await collector.waitForSpans(wanted, 15_000);
      assert.deepEqual(arrived(collector), spans);
    });
  }
});

const children = {
  'is killed by its parent': `const child = start('stay'); child.on('message', () => child.kill());
    child.on('exit', (code, signal) => console.log(code, signal));`,
  'is killed when its parent exits': `const child = start('stay'); process.on('exit', () => child.kill());
    child.on('message', () => process.exit(3));`,
  'exits when its parent is gone': `start('exit').on('message', () => process.exit(3));`,
  'lets its loop run empty when its parent is gone': `start('leave').on('message', () => process.exit(3));`,
  'runs out of its time': `require('child_process').execFile(process.execPath, [...process.execArgv, __filename, 'alone'], { timeout: 3000 },
    (error, stdout) => console.log(error.killed, error.signal, stdout));`,
} as const;

suite('a child process that', { concurrency: 2 }, () => {
  for (const [name, parent] of Object.entries(children)) {
    test(`${name}: bare's end, and every span of both`, async (t) => {
      const collector = await startCollector(t);
      const source = `const how = process.argv[2];
        const start = (how) => require('child_process').fork(__filename, [how]);
        if (how === undefined) { end(40); ${parent} }
        else {
          end(10, 'child');
          if (how !== 'leave') stay();
          process.on('disconnect', () => how === 'exit' && process.exit(5));
          process.on('message', () => {});
          process.send?.('ready');
        }`;
      const { bare, traced } = program(t, source);
      const [without, ended] = await Promise.all([bare(), traced({ TRACING_URL: collector.jaegerUrl })]);
      assert.deepEqual(shown(ended), shown(without));
      await collector.waitForSpans(50, 15_000);
      assert.deepEqual(arrived(collector), { span: 40, child: 10 });
    });
  }
});
