import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeInRows } from '../../../../src/viewer/page/trace/flame-rows.ts';
import { traceOf, type Short } from './traces.ts';

function rowsOf(...spans: Short[]): string {
  const trace = traceOf(...spans);
  const { rows } = placeInRows(trace);
  return trace.spans.map(({ id, index }) => `${id}${rows[index]}`).join(' ');
}

test('children lie below their parent, one after another in one row', () => {
  assert.equal(rowsOf(['a', '', 0, 100], ['b', 'a', 10, 40], ['c', 'a', 40, 90], ['d', 'c', 50, 60]), 'a0 b1 c1 d2');
});

test('children at one time lie under each other, and their children below them', () => {
  assert.equal(rowsOf(['a', '', 0, 100], ['b', 'a', 10, 60], ['c', 'a', 20, 90], ['d', 'b', 30, 40]), 'a0 b1 d3 c2');
});

test('no two spans of a row are there at one time, and none is above its parent', () => {
  let state = 11;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const spans: Short[] = [['s0', '', 0, 1000]];
  for (let n = 1; n < 300; n++) {
    const start = random(900);
    spans.push([`s${n}`, `s${random(n)}`, start, start + random(100)]);
  }
  const trace = traceOf(...spans);
  const { rows, count } = placeInRows(trace);
  for (let row = 0; row < count; row++) {
    const inRow = trace.spans.filter(({ index }) => rows[index] === row).sort((a, b) => a.startUs - b.startUs);
    for (const [n, span] of inRow.entries()) assert.ok(n === 0 || (inRow[n - 1]?.endUs ?? 0) <= span.startUs);
  }
  for (const { index, parent, startUs } of trace.spans) {
    if (parent && parent.startUs < startUs) assert.ok((rows[index] ?? 0) > (rows[parent.index] ?? 0));
  }
});
