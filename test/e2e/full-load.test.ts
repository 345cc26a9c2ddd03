/** An HTTP server with always a request waiting: each has one span, and that arrives or is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullLoad } from '../../bench/support/full-load.ts';
import { startCollector } from '../support/collector.ts';
import { findJaeger } from '../support/jaeger/find-jaeger.ts';
import { startJaeger } from '../support/jaeger/start-jaeger.ts';
import { testNode } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { exporters, noDeadline } from './ends.ts';

const SECONDS = 3;

for (const exporter of ['Jaeger HTTP', 'OTLP protobuf', 'OTLP gRPC']) {
  test(`a collector that answers after 250 ms gets the span of every request (${exporter})`, async (t) => {
    const collector = await startCollector(t, { mode: 'slow', grpc: true });
    const env = { ...exporters[exporter]?.(collector), ...noDeadline };
    const { served, ended, lost, said } = await fullLoad({ env: strings(env), seconds: SECONDS, node: testNode });
    assert.ok(served > 500, String(served));
    assert.deepEqual([ended, collector.spans.length, lost], [served, served, 0], said);
    assert.equal(new Set(collector.spans.map(({ spanId }) => spanId)).size, served);
  });
}

test('where the queue is too small, what has no room is counted: received and counted are the requests served', async (t) => {
  const collector = await startCollector(t, { mode: 'slow' });
  const env = { TRACING_URL: collector.jaegerUrl, TRACING_MAX_QUEUE_BYTES: '200000', ...noDeadline };
  const { served, ended, delivered, lost, said } = await fullLoad({ env, seconds: SECONDS, node: testNode });
  assert.deepEqual([ended, delivered + lost], [served, served], said);
  assert.equal(collector.spans.length + lost, served);
  assert.ok(lost > 0);
});

test('a real Jaeger accepts what the ledger says is delivered: the span of every request', async (t) => {
  const found = await findJaeger();
  if (found.kind === 'none') return skipOrFail(t, found.why);
  const jaeger = await startJaeger(t);
  const env = { TRACING_URL: jaeger.thriftUrl, ...noDeadline };
  const { served, ended, delivered, lost, said } = await fullLoad({ env, seconds: SECONDS, node: testNode });
  const { accepted, stored, failed } = await jaeger.counts();
  assert.deepEqual([ended, delivered, lost], [served, served, 0], said);
  assert.deepEqual([accepted, stored, failed], [served, served, 0]);
});

function strings(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
