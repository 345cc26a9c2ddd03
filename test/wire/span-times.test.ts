import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanTimes } from '../../src/wire/span-times.ts';
import { aSpan } from './spans.ts';

const span = aSpan({ startTime: [10, 999_999_999], endTime: [12, 1_500], duration: [1, 1_501] });

test('of a span that has no other than its HrTimes', () => {
  for (const times of [new SpanTimes(), new SpanTimes({ times: () => false })]) {
    times.read(span);
    assert.deepEqual(
      [times.startSeconds, times.startNanos, times.endSeconds, times.endNanos],
      [10, 999_999_999, 12, 1_500],
    );
    assert.deepEqual([times.startMicros, times.durationMicros(span)], [10_999_999, 1_000_001]);
  }
});

test('as they are read where the span keeps them otherwise: the duration is what is between them', () => {
  const unread = aSpan({});
  for (const name of ['startTime', 'endTime', 'duration']) Object.defineProperty(unread, name, { get: assert.fail });
  const times = new SpanTimes({
    times(_, into) {
      Object.assign(into, { startSeconds: 10, startNanos: 999_999_999, endSeconds: 12, endNanos: 1_500 });
      return true;
    },
  });
  times.read(unread);
  assert.deepEqual([times.startMicros, times.durationMicros(unread)], [10_999_999, 1_000_001]);
});
