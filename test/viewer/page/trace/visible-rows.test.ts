import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uncover, visibleRows } from '../../../../src/viewer/page/trace/visible-rows.ts';
import { idsOf, traceOf } from './traces.ts';

const trace = traceOf(['a', '', 0, 100], ['b', 'a', 1, 50], ['c', 'b', 2, 40], ['d', 'c', 3, 30], ['e', 'a', 60, 70]);
const rows = (...closed: string[]): string => idsOf(visibleRows(trace, new Set(closed)));

test('what is below a closed span is not shown', () => {
  assert.equal(rows(), 'a b c d e');
  assert.equal(rows('b'), 'a b e');
  assert.equal(rows('c'), 'a b c e');
  assert.equal(rows('a', 'c'), 'a');
  assert.equal(rows('d', 'nobody'), 'a b c d e');
});

test('to show a span all above it are opened, and nothing else', () => {
  const [d, a] = [trace.byId.get('d'), trace.byId.get('a')];
  assert.ok(d && a);
  const closed = new Set(['b', 'c', 'd', 'e']);
  assert.deepEqual([...uncover(closed, d)], ['d', 'e']);
  assert.equal(uncover(closed, a), closed);
});
