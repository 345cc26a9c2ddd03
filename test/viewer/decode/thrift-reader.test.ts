import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter } from '../../../src/wire/byte-writer.ts';
import { ThriftBinaryProtocol } from '../../../src/wire/thrift-binary-protocol.ts';
import { ThriftCompactProtocol } from '../../../src/wire/thrift-compact-protocol.ts';
import type { ThriftProtocol } from '../../../src/wire/thrift-protocol.ts';
import { DecodeError } from '../../../src/viewer/decode/byte-reader.ts';
import {
  ThriftBinaryReader,
  ThriftCompactReader,
  ThriftType,
  type ThriftReader,
} from '../../../src/viewer/decode/thrift-reader.ts';

const protocols = [
  { name: 'binary', Protocol: ThriftBinaryProtocol, Reader: ThriftBinaryReader },
  { name: 'compact', Protocol: ThriftCompactProtocol, Reader: ThriftCompactReader },
] as const;

/** One struct with a field of each type, and a list of structs inside. */
function write(protocol: ThriftProtocol): Uint8Array {
  protocol.onewayMessage('emitBatch');
  protocol.i32Field(1, 0, -7);
  protocol.hexField(2, 1, '8000000000000001', 0);
  protocol.textField(3, 2, 'täxt');
  protocol.boolField(4, 3, true);
  protocol.boolField(5, 4, false);
  protocol.valueField(15, 5, 'double');
  protocol.double(0.5);
  const list = protocol.listField(16, 15);
  for (const value of [1, 2, 3]) {
    protocol.i32Field(1, 0, value);
    protocol.stop();
  }
  protocol.closeList(list, 3);
  protocol.stop();
  return protocol.writer.copy(0);
}

function readAll(reader: ThriftReader): unknown {
  const name = reader.message();
  const fields: Record<number, unknown> = {};
  reader.struct((id, type) => {
    if (type === ThriftType.i32) fields[id] = reader.i32();
    else if (type === ThriftType.i64) fields[id] = reader.i64();
    else if (type === ThriftType.text) fields[id] = reader.text();
    else if (type === ThriftType.bool) fields[id] = reader.bool();
    else if (type === ThriftType.double) fields[id] = reader.double();
    else if (type === ThriftType.list) {
      fields[id] = reader.structs(() => {
        let value = 0;
        reader.struct((_, itemType) => {
          if (itemType !== ThriftType.i32) return false;
          value = reader.i32();
          return true;
        });
        return value;
      });
    } else return false;
    return true;
  });
  return { name, fields };
}

for (const { name, Protocol, Reader } of protocols) {
  test(`${name}: what our own encoder writes is read`, () => {
    assert.deepEqual(readAll(new Reader(write(new Protocol(new ByteWriter())))), {
      name: 'emitBatch',
      fields: { 1: -7, 2: -(2n ** 63n) + 1n, 3: 'täxt', 4: true, 5: false, 15: 0.5, 16: [1, 2, 3] },
    });
  });

  test(`${name}: fields of no interest are skipped, whatever their type`, () => {
    const reader = new Reader(write(new Protocol(new ByteWriter())));
    reader.message();
    const ids: number[] = [];
    reader.struct((id) => {
      ids.push(id);
      return false;
    });
    assert.deepEqual(ids, [1, 2, 3, 4, 5, 15, 16]);
  });

  test(`${name}: a body that ends anywhere is an error, never less than what was sent`, () => {
    const body = write(new Protocol(new ByteWriter()));
    for (let end = 0; end < body.length; end++) {
      assert.throws(() => readAll(new Reader(body.subarray(0, end))), DecodeError, `${end} bytes`);
    }
  });
}

test('binary: maps and sets are skipped, a type that is none is an error', () => {
  // field 9: map of i16 to bool with one entry; field 8: set of i64 with one; stop
  const body = Buffer.from(
    '0d0009 06 02 00000001 0005 01  0e0008 0a 00000001 0000000000000001  00'.replaceAll(' ', ''),
    'hex',
  );
  const reader = new ThriftBinaryReader(body);
  const ids: number[] = [];
  reader.struct((id) => {
    ids.push(id);
    return false;
  });
  assert.deepEqual(ids, [9, 8]);
  assert.throws(() => new ThriftBinaryReader(Buffer.from('0100010000', 'hex')).struct(() => false), /no type 1/);
});

test('compact: booleans in a list are bytes, maps are skipped, an empty map is one byte', () => {
  // field 1: list of 2 bools; field 2: map of i32 to text with one entry; field 3: an empty map; stop
  const body = Buffer.from('19 21 01 02  1b 01 58 02 01 61  1b 00  00'.replaceAll(' ', ''), 'hex');
  const reader = new ThriftCompactReader(body);
  const ids: number[] = [];
  reader.struct((id) => {
    ids.push(id);
    return false;
  });
  assert.deepEqual(ids, [1, 2, 3]);
});

test('compact: a field id far from the one before stands in full', () => {
  // field 1000 (zigzag: 2000) of type i32; its value -1; stop
  const reader = new ThriftCompactReader(Buffer.from('05 d00f 01 00'.replaceAll(' ', ''), 'hex'));
  const seen: number[] = [];
  reader.struct((id) => (seen.push(id, reader.i32()), true));
  assert.deepEqual(seen, [1000, -1]);
});

test('a list that says to have 2 147 483 647 structs of nothing stops at the limit', () => {
  const zeros = new Uint8Array(5000);
  const body = Buffer.concat([Buffer.from('0f0002 0c 7fffffff'.replaceAll(' ', ''), 'hex'), zeros]);
  const reader = new ThriftBinaryReader(body, { maxElements: 1000, maxDepth: 64 });
  assert.throws(
    () => reader.struct(() => (reader.structs(() => reader.struct(() => false)), true)),
    /more elements than one body may have/,
  );
});

test('65 structs in each other are one too many', () => {
  const nested = (depth: number): Uint8Array =>
    Buffer.from(`${'0c0001'.repeat(depth - 1)}${'00'.repeat(depth)}`, 'hex');
  new ThriftBinaryReader(nested(64)).struct(() => false);
  assert.throws(() => new ThriftBinaryReader(nested(65)).struct(() => false), /nested deeper than 64/);
});

test('messages of another protocol or version are named', () => {
  assert.throws(() => new ThriftBinaryReader(Uint8Array.of(0, 0, 0, 1)).message(), /no strict Thrift/);
  assert.throws(() => new ThriftCompactReader(Uint8Array.of(0x82, 0x82)).message(), /version 2/);
});
