import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { OtlpJsonAttributeWriter } from '../../src/wire/otlp-json-attribute-writer.ts';
import { written } from './written.ts';

function json(attributes: Readonly<Record<string, unknown>>): string {
  return written((writer) => new OtlpJsonAttributeWriter().attributes(writer, attributes)).toString();
}

const thrower = {
  first: 1,
  get bad(): never {
    throw new Error('no');
  },
};

/** Of an attribute: its AnyValue. */
const values: readonly (readonly [string, unknown, string])[] = [
  ['text', 'é€😀', '{"stringValue":"é€😀"}'],
  ['text with what JSON escapes', 'a"\\\n\u0000', String.raw`{"stringValue":"a\"\\\n\u0000"}`],
  ['half a surrogate pair', 'a\udc00', '{"stringValue":"a\ufffd"}'],
  ['half a surrogate pair behind a quote', '"\ud800', '{"stringValue":"\\"\ufffd"}'],
  ['true', true, '{"boolValue":true}'],
  ['-1', -1, '{"intValue":"-1"}'],
  ['-0', -0, '{"intValue":"0"}'],
  ['2^53+2', 2 ** 53 + 2, '{"intValue":"9007199254740994"}'],
  ['-2^63, an int64', -(2 ** 63), '{"intValue":"-9223372036854775808"}'],
  ['2^63, a double', 2 ** 63, '{"doubleValue":9223372036854776000}'],
  ['0.5', 0.5, '{"doubleValue":0.5}'],
  ['the largest int64', 2n ** 63n - 1n, '{"intValue":"9223372036854775807"}'],
  ['a bigint beyond int64', 2n ** 63n, '{"stringValue":"9223372036854775808"}'],
  // Jaeger's query API answers 500 to a trace with such a double in it
  ['NaN', Number.NaN, '{"stringValue":"NaN"}'],
  ['Infinity', Infinity, '{"stringValue":"Infinity"}'],
  [
    '-Infinity in a list in an object',
    { l: [-Infinity] },
    '{"kvlistValue":{"values":[{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"-Infinity"}]}}}]}}',
  ],
  ['bytes', Buffer.from('xhix').subarray(1, 3), '{"bytesValue":"aGk="}'],
  ['null', null, '{}'],
  ['an empty list', [], '{"arrayValue":{"values":[]}}'],
  ['a list with holes', [1, null, undefined], '{"arrayValue":{"values":[{"intValue":"1"},{},{}]}}'],
  [
    'an object',
    { a: undefined, b: false },
    '{"kvlistValue":{"values":[{"key":"a","value":{}},{"key":"b","value":{"boolValue":false}}]}}',
  ],
  ['a getter that throws', thrower, '{}'],
  ['a symbol', Symbol('s'), '{"stringValue":"Symbol(s)"}'],
];

for (const [name, value, expected] of values) {
  test(`the attribute value ${name} is ${expected}`, () => {
    assert.equal(json({ none: undefined, k: value }), `[{"key":"k","value":${expected}}]`);
  });
}

test('no attributes are an empty list, and undefined leaves no comma', () => {
  assert.equal(json({}), '[]');
  assert.equal(
    json({ a: undefined, b: 1, c: undefined, d: true }),
    '[{"key":"b","value":{"intValue":"1"}},{"key":"d","value":{"boolValue":true}}]',
  );
});

test('a cycle ends at the sixteenth level', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  assert.equal(json({ cycle }).split('self').length - 1, 16);
});

test('an attribute is the same the first time, from the cache, and where 1024 keys have filled it', () => {
  const writer = new ByteWriter();
  const attributes = new OtlpJsonAttributeWriter();
  for (let round = 0; round < 2; round++) {
    for (let key = 0; key < 1030; key++) {
      writer.rewind(0);
      attributes.attributes(writer, { [`key-"${key}"`]: key });
      assert.equal(Buffer.from(writer.written).toString(), json({ [`key-"${key}"`]: key }));
    }
  }
});

test('a list that does not fit is left at the item that overflows it', () => {
  const writer = new ByteWriter();
  writer.limit(1000);
  let read = 0;
  const record = Object.defineProperties(
    {},
    Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, { enumerable: true, get: () => ++read }])),
  ) as Record<string, unknown>;
  new OtlpJsonAttributeWriter().attributes(writer, { record });
  assert.ok(writer.overflowed);
  assert.ok(read < 50);
});
