import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { JaegerTagWriter } from '../../src/wire/jaeger-tag-writer.ts';
import { ThriftBinaryProtocol } from '../../src/wire/thrift-binary-protocol.ts';
import { ThriftCompactProtocol } from '../../src/wire/thrift-compact-protocol.ts';
import { hex, written } from './written.ts';

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
const thrower = {
  get bad(): never {
    throw new Error('no');
  },
};

/** Of a tag `k` in the binary protocol: what stands between its key and its stop. */
const values: readonly (readonly [string, unknown, string])[] = [
  ['text', 'é', '08 0002 00000000  0b 0003 00000002 c3a9'],
  ['half a surrogate pair', '\ud800', '08 0002 00000000  0b 0003 00000003 efbfbd'],
  ['0.5', 0.5, '08 0002 00000001  04 0004 3fe0000000000000'],
  ['2^53', 2 ** 53, '08 0002 00000001  04 0004 4340000000000000'],
  ['true', true, '08 0002 00000002  02 0005 01'],
  ['false', false, '08 0002 00000002  02 0005 00'],
  ['2^53-1', 2 ** 53 - 1, '08 0002 00000003  0a 0006 001fffffffffffff'],
  ['-1', -1, '08 0002 00000003  0a 0006 ffffffffffffffff'],
  ['-0', -0, '08 0002 00000003  0a 0006 0000000000000000'],
  ['the largest int64', 2n ** 63n - 1n, '08 0002 00000003  0a 0006 7fffffffffffffff'],
  ['the smallest int64', -(2n ** 63n), '08 0002 00000003  0a 0006 8000000000000000'],
  ['a bigint beyond int64', 2n ** 63n, `08 0002 00000000  0b 0003 00000013 '9223372036854775808'`],
  ['NaN', Number.NaN, `08 0002 00000000  0b 0003 00000003 'NaN'`],
  ['-Infinity', -Infinity, `08 0002 00000000  0b 0003 00000009 '-Infinity'`],
  ['bytes', new Uint8Array([1, 255]), '08 0002 00000004  0b 0007 00000002 01ff'],
  ['null', null, '08 0002 00000000  0b 0003 00000000'],
  ['a list', [1, null, Number.NaN], `08 0002 00000000  0b 0003 0000000e '[1,null,"NaN"]'`],
  ['an object', { a: { b: 1n } }, `08 0002 00000000  0b 0003 0000000f '{"a":{"b":"1"}}'`],
  ['a symbol', Symbol('s'), `08 0002 00000000  0b 0003 00000009 'Symbol(s)'`],
  ['a cycle', cycle, `08 0002 00000000  0b 0003 0000001f '"[not serialisable: TypeError]"'`],
  ['a getter that throws', thrower, `08 0002 00000000  0b 0003 0000001b '"[not serialisable: Error]"'`],
];

for (const [name, value, expected] of values) {
  test(`the tag value ${name} has its type and its bytes`, () => {
    const bytes = written((writer) => {
      assert.equal(new JaegerTagWriter(new ThriftBinaryProtocol(writer)).tag('k', value), 1);
    });
    assert.equal(bytes.toString('hex'), hex(`0b 0001 00000001 'k' ${expected} 00`));
  });
}

test('undefined is no tag, and not counted', () => {
  const bytes = written((writer) => {
    const tags = new JaegerTagWriter(new ThriftCompactProtocol(writer));
    assert.equal(tags.tags({ a: undefined, b: true }), 1);
    assert.equal(tags.tags(Object.create({ inherited: 1 }) as object as Record<string, unknown>), 0);
  });
  assert.equal(bytes.toString('hex'), hex(`18 01 'b' 15 04 31 00`));
});

test('a tag is the same the first time, from the cache, and where 1024 keys have filled it', () => {
  const writer = new ByteWriter();
  const tags = new JaegerTagWriter(new ThriftCompactProtocol(writer));
  for (let round = 0; round < 2; round++) {
    for (let key = 0; key < 1030; key++) {
      for (const value of [true, false, 1, 'x', 0.5]) {
        writer.rewind(0);
        tags.tag(`key-${key}`, value);
        const fresh = written((other) =>
          new JaegerTagWriter(new ThriftCompactProtocol(other)).tag(`key-${key}`, value),
        );
        assert.ok(fresh.equals(writer.written));
      }
    }
  }
});

test('a head that did not fit is not kept half', () => {
  const writer = new ByteWriter();
  const tags = new JaegerTagWriter(new ThriftBinaryProtocol(writer));
  writer.limit(0);
  tags.tag('k'.repeat(100), 1);
  assert.ok(writer.overflowed);
  writer.clear();
  tags.tag('k'.repeat(100), 1);
  assert.equal(writer.at, 3 + 4 + 100 + 7 + 11 + 1);
});
