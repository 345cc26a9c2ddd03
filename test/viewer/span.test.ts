import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpanKind, sortTags, toSpanId, toTraceId, type Tag } from '../../src/viewer/span.ts';

test('a trace id has 32 digits, or 16 where the first are zeros, as Jaeger writes it', () => {
  assert.equal(toTraceId('3DDB641B99358B05D2ECF5615E2620C2'), '3ddb641b99358b05d2ecf5615e2620c2');
  assert.equal(toTraceId('0000000000000000d2ecf5615e2620c2'), 'd2ecf5615e2620c2');
  assert.equal(toTraceId('abc'), '0000000000000abc');
  assert.equal(toTraceId('1d2ecf5615e2620c2'), '0000000000000001d2ecf5615e2620c2');
  for (const none of ['', '0', '0'.repeat(32), 'g', '1'.repeat(33), '../x']) assert.equal(toTraceId(none), undefined);
});

test('a span id has 16 digits; zeros mean none', () => {
  assert.equal(toSpanId('B30D1C42880C11F3'), 'b30d1c42880c11f3');
  assert.equal(toSpanId('f3'), '00000000000000f3');
  for (const none of ['', '0000000000000000', '1'.repeat(17), 'x']) assert.equal(toSpanId(none), undefined);
});

test('five kinds are kinds', () => {
  assert.ok(['internal', 'server', 'client', 'producer', 'consumer'].every(isSpanKind));
  assert.ok(!['', 'SERVER', 3, undefined].some(isSpanKind));
});

test('tags are in the order of key, type and value', () => {
  const tags: Tag[] = [
    { key: 'b', type: 'string', value: '1' },
    { key: 'a', type: 'int64', value: 10 },
    { key: 'a', type: 'int64', value: 9 },
    { key: 'a', type: 'bool', value: true },
    { key: 'a', type: 'string', value: 'z' },
  ];
  assert.deepEqual(
    sortTags(tags).map(({ key, value }) => [key, value]),
    [
      ['a', 'z'],
      ['a', true],
      ['a', 9],
      ['a', 10],
      ['b', '1'],
    ],
  );
});
