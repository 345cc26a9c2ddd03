/** Ends that the program comes to by itself, beyond the table of exits.test.ts: bare's code and output, and every span. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { run, testNode } from '../support/run.ts';
import { arrived, exporters, program, shown } from './ends.ts';

interface End {
  readonly name: string;
  readonly source: string;
  readonly code: number;
  readonly spans: Readonly<Record<string, number>>;
  /** Of the spans, those that the program never ended. */
  readonly unfinished?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const ends: readonly End[] = [
  {
    name: 'an empty event loop with exitCode 4',
    source: `end(40); process.exitCode = 4; console.log('done'); setTimeout(() => end(1, 'late'), 20);`,
    code: 4,
    spans: { span: 40, late: 1 },
  },
  {
    name: 'an uncaught throw',
    source: `end(40); throw new Error('broken');`,
    code: 1,
    spans: { span: 40 },
  },
  {
    name: 'an uncaught throw that the app handles',
    source: `process.on('uncaughtException', ({ message }) => { console.log('caught', message); end(1, 'late'); process.exitCode = 6; });
      end(40); setTimeout(() => { throw new Error('broken'); }, 20); setTimeout(() => console.log('went on'), 40);`,
    code: 6,
    spans: { span: 40, late: 1 },
  },
  {
    name: "listeners of 'beforeExit' and 'exit', called as often as bare",
    source: `let rounds = 0;
      process.on('beforeExit', (code) => {
        console.log('beforeExit', code, ++rounds);
        if (rounds < 3) setTimeout(() => end(1, 'round'), 10);
      });
      process.on('exit', (code) => { console.log('exit', code); end(1, 'exit'); });
      end(40);`,
    code: 0,
    spans: { span: 40, round: 2, exit: 1 },
  },
  {
    name: "an 'exit' listener that ends a span, added in the tick of process.exit()",
    source: `const open = tracer.startSpan('open'); end(40);
      process.on('exit', () => { open.end(); console.log('exit'); }); process.exit(3);`,
    code: 3,
    spans: { span: 40, open: 1 },
  },
  {
    name: "an 'exit' listener that ends a span after an empty loop",
    source: `const open = tracer.startSpan('open'); end(40); process.on('exit', () => open.end());`,
    code: 0,
    spans: { span: 40, open: 1 },
  },
  {
    name: "an 'exit' listener that ends a span after an uncaught throw",
    source: `const open = tracer.startSpan('open'); end(40); process.on('exit', () => open.end()); throw new Error('broken');`,
    code: 1,
    spans: { span: 40, open: 1 },
  },
  {
    name: "all listeners of 'exit' removed",
    source: `end(40); process.removeAllListeners('exit'); process.removeAllListeners('beforeExit'); process.exit(2);`,
    code: 2,
    spans: { span: 40 },
  },
  {
    name: 'spans still open at an empty loop',
    source: `end(40); tracer.startSpan('open'); tracer.startSpan('inside');`,
    code: 0,
    spans: { span: 40, open: 1, inside: 1 },
    unfinished: ['inside', 'open'],
  },
  {
    name: 'spans still open at process.exit(3)',
    source: `end(40); tracer.startSpan('open'); process.exit(3);`,
    code: 3,
    spans: { span: 40, open: 1 },
    unfinished: ['open'],
  },
  ...['none', 'gzip'].flatMap((compression): End[] => {
    const kept = `while a connection is kept, ${compression === 'none' ? 'plain' : 'compressed'}`;
    const env = { OTEL_EXPORTER_JAEGER_COMPRESSION: compression };
    const full = `end(512); setTimeout(() => { end(512, 'full'); end(40, 'rest');`;
    const spans = { span: 512, full: 512, rest: 40 };
    return [
      { name: `process.exit(3) ${kept}`, source: `${full} process.exit(3); }, 500);`, code: 3, spans, env },
      { name: `an uncaught throw ${kept}`, source: `${full} throw new Error('broken'); }, 500);`, code: 1, spans, env },
      { name: `an empty loop ${kept}`, source: `${full} }, 500);`, code: 0, spans, env },
      {
        name: `a span that is open at an empty loop ${kept}`,
        source: `end(512); setTimeout(() => tracer.startSpan('open'), 500);`,
        code: 0,
        spans: { span: 512, open: 1 },
        unfinished: ['open'],
        env,
      },
    ];
  }),
  {
    name: 'an unref’d interval, which the flush gives no time to be seen',
    source: `end(40); setInterval(() => console.log('tick'), 400).unref();`,
    code: 0,
    spans: { span: 40 },
  },
];

suite('an end by the program itself', { concurrency: 2 }, () => {
  for (const { name, source, code, spans, unfinished = [], env = {} } of ends) {
    test(`${name}: bare's code and output, and every span`, async (t) => {
      const { bare, traced } = program(t, source);
      const collector = await startCollector(t);
      const without = await bare();
      assert.equal(without.code, code);
      assert.deepEqual(shown(await traced({ TRACING_URL: collector.jaegerUrl, ...env })), shown(without));
      assert.deepEqual(arrived(collector), spans);
      const marked = collector.spans.filter(({ attributes }) => attributes['otel_preload.unfinished'] === true);
      assert.deepEqual(marked.map(({ name }) => name).sort(), unfinished);
    });
  }
});

test('a program without spans prints nothing, and nobody is connected to', async (t) => {
  const collector = await startCollector(t, { agent: true, grpc: true });
  const { traced } = program(t, '');
  for (const envOf of Object.values(exporters)) {
    assert.deepEqual(shown(await traced(envOf(collector))), { code: 0, signal: null, stdout: '', stderr: '' });
  }
  assert.equal(collector.connections.opened, 0);
});

test('an ES module whose await never settles ends with code 13', async (t) => {
  const collector = await startCollector(t);
  const source = `import { trace } from '@opentelemetry/api';
    trace.getTracer('app').startSpan('span').end();
    await new Promise(() => {});`;
  const { start, args, bareArgs } = program(t, '', { 'app.mjs': source });
  const toModule = (line: readonly string[]) => line.map((part) => part.replace('app.cjs', 'app.mjs'));
  const without = await start({}, toModule(bareArgs)).ended;
  const traced = await start({ TRACING_URL: collector.jaegerUrl }, toModule(args)).ended;
  assert.deepEqual([traced.code, traced.stderr], [13, without.stderr]);
  assert.deepEqual(arrived(collector), { span: 1 });
});

test('a stderr that nobody reads does not end the app', async (t) => {
  const { args, cwd } = program(t, `setTimeout(() => { end(40); process.exit(5); }, 100);`);
  const env = { TRACING_URL: `http://127.0.0.1:${await refusedPort()}/api/traces` };
  const script = '"$@" 2>&1 >/dev/null | true; exit "${PIPESTATUS[0]}"';
  const ended = await run({ node: 'bash', args: ['-c', script, 'bash', testNode, ...args], cwd, env });
  assert.equal(ended.code, 5);
});
