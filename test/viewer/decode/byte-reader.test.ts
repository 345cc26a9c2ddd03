import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader, DecodeError } from '../../../src/viewer/decode/byte-reader.ts';

test('numbers are read at their width, in both orders', () => {
  const reader = new ByteReader(
    Buffer.from('ff 0102 80000000 fffffffffffffffe 01000000 0100000000000000'.replaceAll(' ', ''), 'hex'),
  );
  assert.equal(reader.u8(), 255);
  assert.equal(reader.i16(), 0x0102);
  assert.equal(reader.i32(), -(2 ** 31));
  assert.equal(reader.i64(), -2n);
  assert.equal(reader.u32LE(), 1);
  assert.equal(reader.u64LE(), 1n);
  assert.equal(reader.at, reader.length);
});

test('a view into a larger buffer is read from its own begin', () => {
  const bytes = Uint8Array.of(9, 9, 1, 2, 9).subarray(2, 4);
  const reader = new ByteReader(bytes);
  assert.equal(reader.hex(2), '0102');
  assert.throws(() => reader.u8(), DecodeError);
});

test('varints of 1 to 10 bytes are read, one of 11 is an error', () => {
  const read = (hex: string): bigint => new ByteReader(Buffer.from(hex, 'hex')).varint();
  assert.equal(read('00'), 0n);
  assert.equal(read('7f'), 127n);
  assert.equal(read('8001'), 128n);
  assert.equal(read('ffffff7f'), 2n ** 28n - 1n);
  assert.equal(read('8080808001'), 2n ** 28n);
  assert.equal(read('ffffffffffffffffff01'), 2n ** 64n - 1n);
  assert.throws(() => read('8080808080808080808001'), /varint of more than ten bytes/);
});

test('a length beyond the end, a negative one and one that is no number are errors', () => {
  for (const count of [4, -1, Number.NaN, Infinity, 2 ** 60]) {
    assert.throws(() => new ByteReader(Uint8Array.of(1, 2, 3)).skip(count), DecodeError);
  }
});

test('bytes that are no UTF-8 become U+FFFD', () => {
  assert.equal(new ByteReader(Uint8Array.of(0x61, 0xff, 0x62)).text(3), 'a\ufffdb');
});

test('the element after the last allowed one, and the level below the last allowed one, are errors', () => {
  const reader = new ByteReader(new Uint8Array(), { maxElements: 2, maxDepth: 2 });
  reader.count();
  reader.count();
  assert.throws(() => reader.count(), /more elements/);
  assert.equal(
    reader.inside(() => reader.inside(() => 7)),
    7,
  );
  assert.throws(() => reader.inside(() => reader.inside(() => reader.inside(() => 7))), /nested deeper than 2/);
});
