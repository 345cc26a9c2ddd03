import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { OtlpAttributeWriter } from '../../src/wire/otlp-attribute-writer.ts';
import { hex, written } from './written.ts';

function bytes(attributes: Readonly<Record<string, unknown>>): Buffer {
  return written((writer) => new OtlpAttributeWriter().attributes(writer, 0x4a, attributes));
}

const thrower = {
  first: 1,
  get bad(): never {
    throw new Error('no');
  },
};

/** Of an attribute `k`: its AnyValue. */
const values: readonly (readonly [string, unknown, string])[] = [
  ['text', 'é', '0a 02 c3a9'],
  ['half a surrogate pair', '\udc00', '0a 03 efbfbd'],
  ['true', true, '10 01'],
  ['false', false, '10 00'],
  ['300', 300, '18 ac02'],
  ['-1', -1, '18 ffffffffffffffffff01'],
  ['-2^63, an int64', -(2 ** 63), '18 80808080808080808001'],
  ['2^63, a double', 2 ** 63, '21 000000000000e043'],
  ['0.5', 0.5, '21 000000000000e03f'],
  ['the largest int64', 2n ** 63n - 1n, '18 ffffffffffffffff7f'],
  ['a bigint beyond int64', 2n ** 63n, `0a 13 '9223372036854775808'`],
  // Jaeger's query API answers 500 to a trace with such a double in it
  ['NaN', Number.NaN, `0a 03 'NaN'`],
  ['Infinity', Infinity, `0a 08 'Infinity'`],
  ['-Infinity in a list in an object', { l: [-Infinity] }, `32 16 0a 14 0a 01 'l' 12 0f 2a 0d 0a 0b 0a 09 '-Infinity'`],
  ['bytes', Buffer.from('xhix').subarray(1, 3), `3a 02 'hi'`],
  ['null', null, ''],
  ['a list with holes', [1, null, undefined], '2a 08 0a 02 18 01 0a 00 0a 00'],
  ['an object', { a: undefined, b: 1 }, `32 10 0a 05 0a 01 'a' 12 00 0a 07 0a 01 'b' 12 02 18 01`],
  ['a getter that throws', thrower, ''],
  ['a symbol', Symbol('s'), `0a 09 'Symbol(s)'`],
];

for (const [name, value, expected] of values) {
  test(`the attribute value ${name} has its type and its bytes`, () => {
    const any = hex(expected);
    const keyValue = hex(`0a 01 'k' 12`) + (any.length / 2).toString(16).padStart(2, '0') + any;
    assert.equal(
      bytes({ none: undefined, k: value }).toString('hex'),
      hex('4a') + (keyValue.length / 2).toString(16).padStart(2, '0') + keyValue,
    );
  });
}

test('a cycle ends at the sixteenth level', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  assert.equal(bytes({ cycle }).toString('latin1').split('self').length - 1, 16);
});

test('an attribute is the same the first time, from the cache, and where 1024 keys have filled it', () => {
  const writer = new ByteWriter();
  const attributes = new OtlpAttributeWriter();
  for (let round = 0; round < 2; round++) {
    for (let key = 0; key < 1030; key++) {
      writer.rewind(0);
      attributes.attributes(writer, 0x4a, { [`key-${key}`]: key });
      assert.ok(bytes({ [`key-${key}`]: key }).equals(writer.written));
    }
  }
});

test('a key that did not fit is not kept half', () => {
  const writer = new ByteWriter();
  const attributes = new OtlpAttributeWriter();
  writer.limit(0);
  attributes.attributes(writer, 0x4a, { ['k'.repeat(100)]: true });
  assert.ok(writer.overflowed);
  writer.clear();
  attributes.attributes(writer, 0x4a, { ['k'.repeat(100)]: true });
  assert.ok(bytes({ ['k'.repeat(100)]: true }).equals(writer.written));
});
