import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeCalls, openCalls, totalsByOperation, type CallNode } from '../../../../src/viewer/page/trace/totals.ts';
import { failed, traceOf, type Short } from './traces.ts';

const op = (operationName: string) => ({ operationName });
const trace = traceOf(
  ['a', '', 0, 100, op('handle')],
  ['b1', 'a', 10, 30, op('query')],
  ['b2', 'a', 40, 80, { ...op('query'), ...failed }],
  ['a2', 'b2', 50, 60, op('query')],
);

test('each operation of a service once, with count, errors, total, self and the longest', () => {
  const rows = totalsByOperation(trace.spans);
  assert.deepEqual(
    rows.map((row) => [
      row.service,
      row.operation,
      row.count,
      row.errors,
      row.totalUs,
      row.selfUs,
      row.maxUs,
      row.longest.id,
    ]),
    [
      ['a', 'handle', 1, 0, 100, 40, 100, 'a'],
      ['b', 'query', 2, 1, 60, 50, 40, 'b2'],
      ['a', 'query', 1, 0, 10, 10, 10, 'a2'],
    ],
  );
});

const shown = (nodes: readonly CallNode[]): string[] =>
  nodes.map(
    ({ depth, service, operation, totals }) =>
      `${'  '.repeat(depth)}${service} ${operation} ${totals.map(({ count, totalUs }) => `${count}×${totalUs}`).join(' | ')}`,
  );

test('calls from the same place are one', () => {
  assert.deepEqual(shown(mergeCalls([trace])), ['a handle 1×100', '  b query 2×60', '    a query 1×10']);
});

test('two traces are one tree: what both have, what one of them has alone', () => {
  const other = traceOf(
    ['a', '', 0, 50, op('handle')],
    ['b1', 'a', 10, 20, op('query')],
    ['b9', 'a', 20, 25, op('cache')],
    ['a3', 'b9', 21, 22, op('read')],
  );
  const nodes = mergeCalls([trace, other]);
  assert.deepEqual(shown(nodes), [
    'a handle 1×100 | 1×50',
    '  b query 2×60 | 1×10',
    '    a query 1×10 | 0×0',
    '  b cache 0×0 | 1×5',
    '    a read 0×0 | 1×1',
  ]);
  assert.equal(new Set(nodes.map(({ path }) => path)).size, nodes.length);
  assert.deepEqual(
    nodes[1]?.first.map((span) => span?.id),
    ['b1', 'b1'],
  );
});

test('below a closed call nothing is shown', () => {
  const nodes = mergeCalls([trace]);
  const query = nodes[1]?.path ?? '';
  assert.deepEqual(
    openCalls(nodes, new Set([query])).map(({ depth }) => depth),
    [0, 1],
  );
  assert.deepEqual(openCalls(nodes, new Set()).length, 3);
});

test('a chain of 10 000 calls is a loop, not a recursion', () => {
  const spans = Array.from({ length: 10_000 }, (_, n): Short => [`s${n}`, n === 0 ? '' : `s${n - 1}`, n, 20_000 - n]);
  assert.equal(mergeCalls([traceOf(...spans)]).length, 10_000);
});
