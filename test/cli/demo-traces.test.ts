import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { awaitTraces, toDrawn } from '../../src/cli/demo-traces.ts';
import { aViewer } from '../viewer/support.ts';
import { sendOtlp } from '../viewer/page/browse.ts';
import { shopRequest, shopTraceId } from '../viewer/page/shop.ts';

const sinceUs = (Date.now() - 60_000) * 1000;
const startMs = Date.now() - 10_000;

test('a trace whose root is not there yet is waited for; the oldest comes first', async (t) => {
  const viewer = await aViewer(t);
  const { resourceSpans } = shopRequest({ n: 2, startMs: startMs + 1000 }) as { resourceSpans: unknown[] };
  await sendOtlp(viewer, shopRequest({ n: 1, startMs }));
  const [first, ...others] = resourceSpans;
  await sendOtlp(viewer, { resourceSpans: others });
  let isComplete = false;
  const waiting = awaitTraces(viewer.url, { service: 'gateway', sinceUs, count: 2 }).then((traces) => {
    assert.ok(isComplete);
    return traces;
  });
  await pause(1500);
  isComplete = true;
  await sendOtlp(viewer, { resourceSpans: [first] });
  const traces = await waiting;
  assert.deepEqual(
    traces.map(({ traceID }) => traceID),
    [shopTraceId(1), shopTraceId(2)],
  );
  assert.equal(traces[0]?.spans.length, traces[1]?.spans.length);
});

test('a span is drawn with its service, kind, parent, times and the reason of its failure', () => {
  const tag = (key: string, value: string | boolean) =>
    ({ key, type: typeof value === 'string' ? 'string' : 'bool', value }) as const;
  const span = (spanID: string, tags: ReturnType<typeof tag>[], parent?: string) => ({
    spanID,
    operationName: `do ${spanID}`,
    references: parent === undefined ? [] : [{ refType: 'CHILD_OF', traceID: 't', spanID: parent } as const],
    startTime: 5000,
    duration: 1500,
    tags,
    processID: 'p1',
  });
  const drawn = toDrawn({
    traceID: 't',
    processes: { p1: { serviceName: 'shop', tags: [] } },
    spans: [
      span('a', [tag('span.kind', 'server')]),
      span('b', [tag('span.kind', 'internal'), tag('error', true), tag('otel.status_description', 'gone')], 'a'),
      span('c', [tag('error', true), tag('error.type', '500')], 'b'),
      span('d', [tag('error', true)]),
    ],
  });
  assert.deepEqual(
    drawn.map(({ spanId, parentSpanId, kind, error }) => [spanId, parentSpanId, kind, error]),
    [
      ['a', '', 'server', undefined],
      ['b', 'a', '', 'gone'],
      ['c', 'b', '', '500'],
      ['d', '', '', 'error'],
    ],
  );
  const [{ service, name, startMs: start, durationMs } = assert.fail()] = drawn;
  assert.deepEqual([service, name, start, durationMs], ['shop', 'do a', 5, 1.5]);
});
