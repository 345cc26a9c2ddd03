import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ThriftCompactProtocol } from '../../src/wire/thrift-compact-protocol.ts';
import { hex, written } from './written.ts';

function bytes(write: (protocol: ThriftCompactProtocol) => void): string {
  return written((writer) => write(new ThriftCompactProtocol(writer))).toString('hex');
}

test('a message is 82, version 1 with type 4, sequence 0, its name', () => {
  assert.equal(
    bytes((protocol) => protocol.onewayMessage('ping')),
    hex(`82 81 00 04 'ping'`),
  );
});

test('a field head is the step from the field before it, and the type', () => {
  assert.equal(
    bytes((protocol) => protocol.structField(1, 0)),
    '1c',
  );
  assert.equal(
    bytes((protocol) => protocol.structField(11, 3)),
    '8c',
  );
});

for (const [value, expected] of [
  [0, '00'],
  [-1, '01'],
  [1, '02'],
  [63, '7e'],
  [-64, '7f'],
  [64, '8001'],
  [2 ** 31 - 1, 'feffffff0f'],
  [-(2 ** 31), 'ffffffff0f'],
] as const) {
  test(`the i32 ${value} is ${expected} in zigzag`, () => {
    assert.equal(
      bytes((protocol) => protocol.i32Field(1, 0, value)),
      `15${expected}`,
    );
  });
}

for (const [value, expected] of [
  [0n, '00'],
  [-1n, '01'],
  [1n, '02'],
  [-65n, '8101'],
  [2n ** 31n, '8080808010'],
  [-(2n ** 32n), 'ffffffff1f'],
  [2n ** 53n - 1n, 'feffffffffffff1f'],
  [-(2n ** 53n) + 1n, 'fdffffffffffff1f'],
  [2n ** 63n - 1n, 'feffffffffffffffff01'],
  [-(2n ** 63n), 'ffffffffffffffffff01'],
] as const) {
  test(`the i64 ${value} is ${expected} in zigzag`, () => {
    const digits = BigInt.asUintN(64, value).toString(16).padStart(16, '0');
    assert.equal(
      bytes((protocol) => protocol.hexField(4, 1, `-${digits}`, 1)),
      `36${expected}`,
    );
    if (!Number.isSafeInteger(Number(value))) return;
    assert.equal(
      bytes((protocol) => protocol.i64Field(4, 1, Number(value))),
      `36${expected}`,
    );
  });
}

test('a bool is in its head: type 1 is true, type 2 is false', () => {
  assert.equal(
    bytes((protocol) => protocol.boolField(5, 2, true)),
    '31',
  );
  assert.equal(
    bytes((protocol) => protocol.boolField(5, 2, false)),
    '32',
  );
});

test('a double is little-endian; text and bytes stand behind a varint', () => {
  assert.equal(
    bytes((protocol) => protocol.double(-2.5)),
    '00000000000004c0',
  );
  assert.equal(
    bytes((protocol) => protocol.text('é')),
    '02c3a9',
  );
  assert.equal(
    bytes((protocol) => protocol.bytes(new Uint8Array(200))),
    `c801${'00'.repeat(200)}`,
  );
  const heads = (['double', 'i64', 'text', 'bytes'] as const).map((type) =>
    bytes((protocol) => protocol.valueField(3, 2, type)),
  );
  assert.deepEqual(heads, ['17', '16', '18', '18']);
});

for (const [count, head] of [
  [0, '0c'],
  [14, 'ec'],
  [15, 'fc0f'],
  [127, 'fc7f'],
  [128, 'fc8001'],
] as const) {
  test(`a list of ${count} structs begins with ${head}, before what is in it already`, () => {
    const list = bytes((protocol) => {
      const mark = protocol.listField(2, 1);
      for (let i = 0; i < count; i++) protocol.stop();
      const before = protocol.writer.at;
      assert.equal(protocol.closeList(mark, count), protocol.writer.at - before);
      assert.equal(protocol.listHeadBytes(count), protocol.writer.at - count);
    });
    assert.equal(list, `19${head}${'00'.repeat(count)}`);
  });
}
