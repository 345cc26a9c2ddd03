import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOperations, OperationIndex } from '../../../src/viewer/store/operation-index.ts';
import { toStoredSpan } from '../../../src/viewer/store/stored-span.ts';
import type { Span } from '../../../src/viewer/span.ts';
import { aSpan, service } from '../support.ts';

const counts = (...spans: Partial<Span>[]) =>
  countOperations(
    spans.map(aSpan).map((span) => toStoredSpan(span, { ...span.process, json: '' }, span.operationName)),
  );

test('services and operations are there as long as a span has them', () => {
  const index = new OperationIndex();
  const first = counts({ operationName: 'b' }, { operationName: 'b' }, { operationName: 'a', kind: 'client' });
  const second = counts({ operationName: 'b' }, { operationName: 'c', process: service('other') });
  index.change(first, 1);
  index.change(second, 1);
  assert.deepEqual(index.services(), ['gateway', 'other']);
  assert.deepEqual(index.operations('gateway', ''), [
    { name: 'a', spanKind: 'client' },
    { name: 'b', spanKind: 'server' },
  ]);
  assert.deepEqual(index.operations('gateway', 'client'), [{ name: 'a', spanKind: 'client' }]);
  index.change(first, -1);
  assert.deepEqual(index.operations('gateway', ''), [{ name: 'b', spanKind: 'server' }]);
  index.change(second, -1);
  assert.deepEqual(index.services(), []);
  assert.deepEqual(index.operations('gateway', ''), []);
});

test('an operation of two kinds is two', () => {
  assert.deepEqual(
    counts({ kind: 'client' }, { kind: 'server' }, { kind: 'server' }).map(({ kind, count }) => [kind, count]),
    [
      ['client', 1],
      ['server', 2],
    ],
  );
});
