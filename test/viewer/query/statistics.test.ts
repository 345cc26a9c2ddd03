import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatisticsCounter } from '../../../src/viewer/query/statistics.ts';
import type { Statistics } from '../../../src/viewer/page-protocol.ts';
import type { Span } from '../../../src/viewer/span.ts';
import { aSpan, idOf, service, storeOf } from '../support.ts';

function statisticsOf(spans: readonly Span[]): Statistics {
  const counter = new StatisticsCounter();
  for (const trace of storeOf(spans).newest()) counter.add(trace);
  return counter.result();
}

test('requests are what comes from outside of a service; the rest is its own work', () => {
  const { services, edges, traces } = statisticsOf([
    aSpan({ spanId: idOf(1), process: service('a'), operationName: 'in' }),
    aSpan({ spanId: idOf(2), parentSpanId: idOf(1), process: service('a'), kind: 'internal' }),
    aSpan({ spanId: idOf(3), parentSpanId: idOf(2), process: service('a'), kind: 'client' }),
    aSpan({ spanId: idOf(4), parentSpanId: idOf(3), process: service('b'), operationName: 'called', isError: true }),
    aSpan({ spanId: idOf(5), parentSpanId: idOf(77), process: service('c'), kind: 'internal' }),
  ]);
  assert.equal(traces, 1);
  assert.deepEqual(
    services.map(({ service: name, spans, requests, errors }) => [name, spans, requests, errors]),
    [
      ['a', 3, 1, 0],
      ['b', 1, 1, 1],
      ['c', 1, 1, 0],
    ],
  );
  assert.deepEqual(
    services[1]?.operations.map(({ operation, kind, requests }) => [operation, kind, requests]),
    [['called', 'server', 1]],
  );
  assert.deepEqual(
    edges.map(({ parent, child, requests, errors }) => [parent, child, requests, errors]),
    [['a', 'b', 1, 1]],
  );
});

test('percentiles of 1 to 100 ms are 50, 95 and 99 ms', () => {
  const spans = Array.from({ length: 100 }, (_, n) =>
    aSpan({ traceId: idOf(n, 32), startUs: 1000 * n, durationNs: (((n * 37) % 100) + 1) * 1e6 }),
  );
  const { services, startUs, endUs } = statisticsOf(spans);
  const { p50Us, p95Us, p99Us, maxUs } = services[0] ?? {};
  assert.deepEqual([p50Us, p95Us, p99Us, maxUs], [50_000, 95_000, 99_000, 100_000]);
  assert.equal(startUs, 0);
  assert.ok(endUs > 99_000);
});

test('of 30 000 requests a sample stands for all, the count and the maximum are exact', () => {
  const spans = Array.from({ length: 30_000 }, (_, n) =>
    aSpan({ traceId: idOf(n >> 8, 32), spanId: idOf(n), startUs: n, durationNs: (n + 1) * 1000 }),
  );
  const [only] = statisticsOf(spans).services;
  assert.deepEqual([only?.requests, only?.maxUs], [30_000, 30_000]);
  assert.ok(only && Math.abs(only.p50Us - 15_000) < 1500, String(only?.p50Us));
});

test('of nothing there is nothing', () => {
  assert.deepEqual(statisticsOf([]), { services: [], edges: [], traces: 0, startUs: 0, endUs: 0 });
});
