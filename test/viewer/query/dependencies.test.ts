import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DependencyCounter } from '../../../src/viewer/query/dependencies.ts';
import { aSpan, idOf, service, storeOf } from '../support.ts';

test('calls are counted by the services of parent and child, over all traces', () => {
  const spans = [1, 2].flatMap((trace) => {
    const traceId = idOf(trace, 32);
    return [
      aSpan({ traceId, spanId: idOf(1), process: service('a') }),
      aSpan({ traceId, spanId: idOf(2), parentSpanId: idOf(1), process: service('a') }),
      aSpan({ traceId, spanId: idOf(3), parentSpanId: idOf(2), process: service('b') }),
      aSpan({ traceId, spanId: idOf(4), parentSpanId: idOf(2), process: service('b') }),
      aSpan({ traceId, spanId: idOf(5), parentSpanId: idOf(99), process: service('c') }),
    ];
  });
  const counter = new DependencyCounter();
  for (const trace of storeOf(spans).newest()) counter.add(trace);
  assert.deepEqual(counter.links(), [
    { parent: 'a', child: 'a', callCount: 2 },
    { parent: 'a', child: 'b', callCount: 4 },
  ]);
});
