import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { flushBlocking } from '../../src/lifecycle/blocking-flush.ts';
import type { FlushResult } from '../../src/lifecycle/flush-progress.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import type { Payload } from '../../src/wire/encoder.ts';
import { payloadOf } from '../export/support.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { run } from '../support/run.ts';

const fileOf = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const worker = fileOf('flush-worker.ts');

interface Job {
  readonly transport: unknown;
  readonly payloads: readonly Payload[];
}

/** Flushes from a process of its own: this one has the collector, and must not stand still. */
async function flush(jobs: readonly Job[], timeoutMs = 20_000, flags: readonly string[] = []) {
  const source = `const { flushBlocking } = await import(${JSON.stringify(fileOf('lifecycle/blocking-flush.ts'))});
    const text = (await process.stdin.toArray()).join('');
    const jobs = JSON.parse(text, (key, value) => (key === 'body' ? Buffer.from(value, 'base64') : value));
    process.on('exit', () => {
      const startedMs = performance.now();
      const results = flushBlocking(${JSON.stringify(worker)}, jobs, ${timeoutMs});
      console.log(JSON.stringify({ results, ms: performance.now() - startedMs }));
    });`;
  const input = JSON.stringify(jobs, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  const ended = await run({ node: process.execPath, args: [...flags, '--input-type=module', '-e', source], input });
  assert.deepEqual([ended.code, ended.stderr], [0, '']);
  return JSON.parse(ended.stdout) as { results: FlushResult[]; ms: number };
}

const http = (url: string) => ({ kind: 'http', url, headers: {}, gzip: false });

test('in a process that exits, 20 payloads arrive over HTTP and one at a Jaeger agent', async (t) => {
  const collector = await startCollector(t, { agent: true });
  const agent = { kind: 'udp', host: '127.0.0.1', port: collector.agentCompactPort };
  const { results } = await flush([
    { transport: http(collector.jaegerUrl), payloads: Array.from({ length: 20 }, () => payloadOf(5)) },
    { transport: agent, payloads: [payloadOf(7, createJaegerAgentEncoder({ protocol: 'compact' }))] },
  ]);
  assert.deepEqual(results, [
    { ends: Array.from({ length: 20 }, () => 'delivered'), rejected: 0, why: '' },
    { ends: ['delivered'], rejected: 0, why: '' },
  ]);
  await collector.waitForSpans(107);
  assert.ok(collector.connections.peak <= 4);
});

test('a refused payload is counted with the answer, and the others are sent all the same', async (t) => {
  const collector = await startCollector(t, { mode: 'status', status: 400, times: 1 });
  const { results } = await flush([
    { transport: http(collector.jaegerUrl), payloads: [1, 2, 3].map((n) => payloadOf(n)) },
  ]);
  const [{ ends, why } = assert.fail()] = results;
  assert.deepEqual(ends.toSorted(), ['delivered', 'delivered', 'refused']);
  assert.equal(collector.spans.length, 6 - (ends.indexOf('refused') + 1));
  assert.match(why, /^answered 400 to \d spans/);
});

test('who refuses connections is asked by four payloads at most, and the time is not waited for', async () => {
  const url = `http://127.0.0.1:${await refusedPort()}/`;
  const { results, ms } = await flush([
    { transport: http(url), payloads: Array.from({ length: 50 }, () => payloadOf(1)) },
  ]);
  assert.deepEqual(results, [{ ends: Array.from({ length: 50 }, () => 'unsent'), rejected: 0, why: 'ECONNREFUSED' }]);
  assert.ok(ms < 15_000, String(ms));
});

test('who answers 503 once is not asked for the rest', async (t) => {
  const collector = await startCollector(t, { mode: 'status' });
  await flush([{ transport: http(collector.jaegerUrl), payloads: Array.from({ length: 50 }, () => payloadOf(1)) }]);
  assert.ok(collector.requests.length <= 4, String(collector.requests.length));
});

test('who never answers is waited for until the timeout, and one job in trouble does not hold back the other', async (t) => {
  const [hole, collector] = [await startCollector(t, { mode: 'hole' }), await startCollector(t)];
  const { results, ms } = await flush(
    [hole, collector].map(({ jaegerUrl }) => ({ transport: http(jaegerUrl), payloads: [payloadOf(3)] })),
    3000,
  );
  assert.deepEqual(results, [
    { ends: ['unsent'], rejected: 0, why: 'no answer in time' },
    { ends: ['delivered'], rejected: 0, why: '' },
  ]);
  assert.ok(ms >= 2900, String(ms));
});

test('the thread gets no flag of the process: a preload is not loaded again', async (t) => {
  const collector = await startCollector(t);
  const preload = 'data:text/javascript,import{isMainThread}from"node:worker_threads";if(!isMainThread)process.exit(9)';
  const jobs = [{ transport: http(collector.jaegerUrl), payloads: [payloadOf(3)] }];
  assert.deepEqual((await flush(jobs, 20_000, ['--import', preload])).results[0]?.ends, ['delivered']);
});

test('where no thread can be started nothing is sent, and it says so', () => {
  const results = flushBlocking('not/absolute.js', [{ transport: {}, payloads: [payloadOf(1)] }], 1000);
  assert.deepEqual(results[0]?.ends, ['unsent']);
  assert.match(results[0]?.why ?? '', /^no thread could be started: /);
});
