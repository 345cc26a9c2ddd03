import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigintOf, enumOf, field, messageOf, messagesOf, textOf } from '../../../src/viewer/decode/otlp-request.ts';

test('a field has its JSON name or that of the .proto; null is none', () => {
  assert.equal(field({ traceId: 'a', trace_id: 'b' }, 'traceId'), 'a');
  assert.equal(field({ traceId: null, trace_id: 'b' }, 'traceId'), 'b');
  assert.equal(field({ start_time_unix_nano: 1 }, 'startTimeUnixNano'), 1);
  assert.equal(field({ traceId: null }, 'traceId'), undefined);
});

test('what is of another type than it should be is nothing', () => {
  assert.deepEqual(messageOf([1]), {});
  assert.deepEqual(messageOf(null), {});
  assert.deepEqual(messagesOf([{ a: 1 }, 2, null]), [{ a: 1 }, {}, {}]);
  assert.deepEqual(messagesOf({}), []);
  assert.equal(textOf(3), '');
});

test('a 64-bit integer is a number or its digits', () => {
  assert.equal(bigintOf('18446744073709551615'), 2n ** 64n - 1n);
  assert.equal(bigintOf(-7.9), -7n);
  for (const none of ['', '0x10', '1e3', '9'.repeat(21), Infinity, Number.NaN, {}, null])
    assert.equal(bigintOf(none), 0n);
});

test('an enum is its number or its name', () => {
  const names = ['UNSET', 'OK', 'ERROR'];
  assert.equal(enumOf(2, 'STATUS_CODE_', names), 2);
  assert.equal(enumOf('STATUS_CODE_ERROR', 'STATUS_CODE_', names), 2);
  assert.equal(enumOf('NOBODY', 'STATUS_CODE_', names), 0);
});
