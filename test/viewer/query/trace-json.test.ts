import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceJson } from '../../../src/viewer/query/trace-json.ts';
import type { Span } from '../../../src/viewer/span.ts';
import { aSpan, idOf, service, someProcess, storeOf } from '../support.ts';

function shown(spans: readonly Span[]): { spans: Record<string, unknown>[]; processes: Record<string, unknown> } {
  const [trace] = storeOf(spans).newest();
  assert.ok(trace);
  return JSON.parse([...traceJson(trace)].join(''));
}

test('a span is shown with all its fields, whatever is in its texts', () => {
  const nasty = '"}],\\\u2028</script>\0';
  const references = [{ refType: 'FOLLOWS_FROM', traceID: idOf(9, 32), spanID: idOf(9) } as const];
  const tags = [{ key: nasty, type: 'string', value: nasty } as const];
  const span = aSpan({ operationName: nasty, durationNs: 1999, tags, references, warnings: [nasty] });
  const { spanId, traceId, startUs } = span;
  assert.deepEqual(shown([span]).spans, [
    {
      traceID: traceId,
      spanID: spanId,
      operationName: nasty,
      references,
      startTime: startUs,
      duration: 1,
      tags,
      logs: [],
      processID: 'p1',
      warnings: [nasty],
    },
  ]);
});

test('a process is shown once, a parent that is not there is remarked upon', () => {
  const { spans, processes } = shown([
    aSpan({ spanId: idOf(1) }),
    aSpan({ spanId: idOf(2), parentSpanId: idOf(1) }),
    aSpan({ spanId: idOf(3), parentSpanId: idOf(7), process: service('b') }),
  ]);
  assert.deepEqual(processes, { p1: someProcess, p2: { serviceName: 'b', tags: [] } });
  assert.deepEqual(
    spans.map(({ processID, warnings }) => [processID, warnings]),
    [
      ['p1', null],
      ['p1', null],
      ['p2', [`invalid parent span IDs=${idOf(7)}; skipping clock skew adjustment`]],
    ],
  );
});
