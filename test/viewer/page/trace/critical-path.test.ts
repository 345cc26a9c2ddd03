import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceOf, type Short } from './traces.ts';

/** The path from its begin to its end, as `who:from-to`. */
function path(...spans: Short[]): string {
  return traceOf(...spans)
    .spans.flatMap(({ id, critical }) => critical.map(([from, to]) => ({ id, from, to })))
    .sort((a, b) => a.from - b.from)
    .map(({ id, from, to }) => `${id}:${from}-${to}`)
    .join(' ');
}

test('one span waits for itself', () => {
  assert.equal(path(['a', '', 0, 10]), 'a:0-10');
});

test('one child after another: both, and the gaps', () => {
  assert.equal(
    path(['a', '', 0, 100], ['b', 'a', 10, 40], ['c', 'a', 50, 90]),
    'a:0-10 b:10-40 a:40-50 c:50-90 a:90-100',
  );
});

test('of children at one time only the last to end was waited for', () => {
  assert.equal(path(['a', '', 0, 100], ['b', 'a', 10, 60], ['c', 'a', 10, 90]), 'a:0-10 c:10-90 a:90-100');
});

test('what was done before the last one began counts, what overlaps with it does not', () => {
  assert.equal(
    path(['a', '', 0, 100], ['b', 'a', 5, 30], ['c', 'a', 20, 50], ['d', 'a', 40, 95]),
    'a:0-5 b:5-30 a:30-40 d:40-95 a:95-100',
  );
});

test('a child that goes on after its parent counts up to the parent’s end; one that begins after it does not', () => {
  assert.equal(path(['a', '', 0, 100], ['b', 'a', 50, 300], ['c', 'a', 120, 200]), 'a:0-50 b:50-100');
});

test('it goes down as deep as the tree', () => {
  assert.equal(
    path(['a', '', 0, 100], ['b', 'a', 10, 90], ['c', 'b', 20, 80], ['d', 'c', 30, 70]),
    'a:0-10 b:10-20 c:20-30 d:30-70 c:70-80 b:80-90 a:90-100',
  );
});

test('the parts are the root’s whole duration, without gaps, for any tree', () => {
  let state = 7;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 50; round++) {
    const spans: Short[] = [['s0', '', 0, 1000]];
    for (let n = 1; n < 40; n++) {
      const [, , from, to] = spans[random(n)] ?? ['', '', 0, 0];
      const parent = `s${random(n)}`;
      const start = from + random(Math.max(1, to - from));
      spans.push([`s${n}`, parent, start, start + 1 + random(400)]);
    }
    const trace = traceOf(...spans);
    const root = trace.roots.reduce((last, one) => (one.endUs > last.endUs ? one : last));
    const parts = trace.spans.flatMap(({ critical }) => critical).sort(([a], [b]) => a - b);
    let untilUs = root.startUs;
    for (const [from, to] of parts) {
      assert.equal(from, untilUs);
      assert.ok(to > from);
      untilUs = to;
    }
    assert.equal(untilUs, root.endUs);
  }
});
