import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Evidence, judge, type Line, ranges } from '../../../bench/support/judge.ts';

const batch = (batch: number, atMs: number, numbers: readonly number[], life = 0): Line => ({
  batch,
  atMs,
  spans: numbers.map((number) => [life, number] as const),
});
const answered = (answered: number, atMs: number): Line => ({ answered, atMs });

/** One life that ended four spans, two at 1000 and two at 2000. */
function evidence(lines: readonly Line[], more: Partial<Evidence> = {}, killedMs?: number): Evidence {
  const journal = [
    { next: 2, atMs: 1000 },
    { next: 4, atMs: 2000 },
  ];
  return {
    lives: [{ journal, killedMs }],
    recordings: [lines],
    killsMs: killedMs === undefined ? [] : [killedMs],
    allowedMs: 500,
    graceMs: 100,
    ...more,
  };
}

test('all that ended has arrived once: nothing to complain about', () => {
  const lines = [batch(0, 1000, [0, 1]), answered(0, 1001), batch(1, 2000, [2, 3]), answered(1, 2001)];
  assert.deepEqual(judge(evidence(lines)), {
    ended: 4,
    received: 4,
    lost: [],
    young: 0,
    oldestMissingMs: 0,
    againByKill: 0,
    again: [],
    unknown: 0,
  });
});

test('what is missing is lost, but for spans younger than allowed when the app was killed', () => {
  const only1 = [batch(0, 1000, [1]), answered(0, 1001)];
  const killed = judge(evidence(only1, {}, 2300));
  assert.deepEqual(killed.lost, [{ life: 0, number: 0 }]);
  assert.equal(killed.young, 2);
  assert.equal(killed.oldestMissingMs, 1300);
  assert.equal(judge(evidence(only1)).lost.length, 3);
});

test('a second arrival is excused where the answer to the first one was lost or came right before a kill', () => {
  const twice = [batch(0, 1000, [0, 1, 2, 3]), answered(0, 1001), batch(1, 3000, [0, 1]), answered(1, 3001)];
  assert.deepEqual(judge(evidence(twice)).again, [
    { life: 0, number: 0 },
    { life: 0, number: 1 },
  ]);
  assert.equal(judge(evidence(twice, { killsMs: [1100] })).againByKill, 2);
  assert.equal(judge(evidence(twice, { killsMs: [1200] })).againByKill, 0);
  assert.equal(judge(evidence(twice, { killsMs: [999] })).againByKill, 0);
  const unanswered = twice.filter((line) => !('answered' in line && line.answered === 0));
  assert.equal(judge(evidence(unanswered)).againByKill, 2);
});

test("batches of the recorder's next process are not mixed up with the first one's", () => {
  const recordings = [[batch(0, 1000, [0, 1])], [batch(0, 2000, [2, 3, 0]), answered(0, 2001)]];
  const { received, againByKill, again } = judge(evidence([], { recordings }));
  assert.deepEqual([received, againByKill, again], [4, 1, []]);
});

test('a span that no app has ended is unknown', () => {
  assert.equal(judge(evidence([batch(0, 1000, [0, 1, 2, 3, 4]), batch(1, 1000, [0], 7)])).unknown, 2);
});

test('numbers are told as ranges, the first few of them', () => {
  assert.equal(ranges([3, 1, 2, 9]), '1 to 3, 9 (4)');
  assert.equal(ranges([1, 3, 5], 2), '1, 3, … (3)');
});
