import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toShape } from '../../../src/viewer/query/shape.ts';
import { aSpan, idOf, service, storeOf } from '../support.ts';

test('the 60 longest of 100 spans, in order, by service and from the begin of the trace', () => {
  const spans = Array.from({ length: 100 }, (_, n) =>
    aSpan({
      spanId: idOf(n),
      startUs: 1000 + n,
      durationNs: n * 1000,
      isError: n === 99,
      process: service(n % 2 ? 'odd' : 'even'),
    }),
  );
  const [trace] = storeOf(spans).newest();
  assert.ok(trace);
  const { services, bars } = toShape(trace);
  assert.deepEqual(services, ['even', 'odd']);
  assert.equal(bars.length, 60);
  assert.deepEqual(bars[0], [0, 40, 40, 0]);
  assert.deepEqual(bars.at(-1), [1, 99, 99, 1]);
});
