import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeJaegerTrace, isJaegerTrace } from '../../../src/viewer/decode/jaeger-json.ts';
import type { OtlpMessage } from '../../../src/viewer/decode/otlp-request.ts';
import { traceJson } from '../../../src/viewer/query/trace-json.ts';
import { storeOf } from '../support.ts';

test("a real Jaeger's answer is shown again as it was", () => {
  const answer = JSON.parse(
    readFileSync(new URL('../../fixtures/oracle/jaeger-answer.json', import.meta.url), 'utf8'),
  ) as { data: OtlpMessage[] };
  for (const trace of answer.data) {
    assert.ok(isJaegerTrace(trace));
    const { spans, rejected } = decodeJaegerTrace(trace);
    assert.equal(rejected, 0);
    const [shown] = [...storeOf(spans).newest()].map((one) => JSON.parse([...traceJson(one)].join('')) as typeof trace);
    const withProcess = (one: OtlpMessage): unknown =>
      (one['spans'] as { processID: string }[])
        .map(({ processID, ...span }) =>
          Object.assign(span, { process: (one['processes'] as Record<string, unknown>)[processID] }),
        )
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        .map((span) => Object.fromEntries(Object.entries(span).sort(([a], [b]) => (a < b ? -1 : 1))));
    assert.ok(shown);
    assert.deepEqual(withProcess(shown), withProcess(trace));
  }
});

test('whatever stands in a file, it is spans or none', () => {
  const span = { traceID: 'abc', spanID: '1' };
  const decode = (spans: unknown, processes: unknown = {}) => decodeJaegerTrace({ spans, processes });
  const { spans } = decode([span, { ...span, spanID: 'x' }, {}, null]);
  assert.equal(decode([span, { ...span, spanID: 'x' }, {}, null]).rejected, 3);
  assert.deepEqual(spans[0]?.process, { serviceName: 'missing-service-name', tags: [] });
  assert.deepEqual(decode('text'), { spans: [], rejected: 0 });
  const odd = {
    ...span,
    startTime: 'x',
    duration: -4,
    tags: [
      { key: 1, value: { a: 1 } },
      { key: 'n', value: 1.5 },
    ],
    warnings: ['w'],
  };
  const [taken] = decode([odd]).spans;
  assert.deepEqual([taken?.startUs, taken?.durationNs, taken?.warnings], [0, 0, ['w']]);
  assert.deepEqual(taken?.tags, [
    { key: '', type: 'string', value: '{"a":1}' },
    { key: 'n', type: 'float64', value: 1.5 },
  ]);
});

test('the parent is the first CHILD_OF of the same trace, else the first of any kind', () => {
  const parentOf = (...references: object[]): string | undefined =>
    decodeJaegerTrace({ spans: [{ traceID: 'a', spanID: '1', references }], processes: {} }).spans[0]?.parentSpanId;
  const follows = { refType: 'FOLLOWS_FROM', traceID: 'a', spanID: '2' };
  const child = { refType: 'CHILD_OF', traceID: 'a', spanID: '3' };
  assert.equal(parentOf(follows, child), '0000000000000003');
  assert.equal(parentOf(follows), '0000000000000002');
  assert.equal(parentOf({ ...child, traceID: 'b' }), '');
});
