import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ThriftBinaryProtocol } from '../../src/wire/thrift-binary-protocol.ts';
import { hex, written } from './written.ts';

const cases: readonly (readonly [string, (protocol: ThriftBinaryProtocol) => void, string])[] = [
  ['a message is strict', (protocol) => protocol.onewayMessage('ping'), `80010004 00000004 'ping' 00000000`],
  ['a struct is type 12', (protocol) => protocol.structField(1), '0c 0001'],
  ['an i32 is type 8', (protocol) => protocol.i32Field(7, 5, 1), '08 0007 00000001'],
  ['an i32 is of two complements', (protocol) => protocol.i32Field(7, 5, -2), '08 0007 fffffffe'],
  ['an i64 is type 10', (protocol) => protocol.i64Field(4, 3, 0x180000000), '0a 0004 00000001 80000000'],
  ['hex digits are an i64', (protocol) => protocol.hexField(4, 3, '--fedcba9876543210', 2), '0a 0004 fedcba9876543210'],
  ['hex digits are the value of an i64', (protocol) => protocol.hex('0123456789ABCDEF', 0), '0123456789abcdef'],
  ['an i64 is of two complements', (protocol) => protocol.i64(-2), 'fffffffffffffffe'],
  ['a text is type 11', (protocol) => protocol.textField(5, 4, 'é'), '0b 0005 00000002 c3a9'],
  ['true is type 2, 1', (protocol) => protocol.boolField(5, 2, true), '02 0005 01'],
  ['false is type 2, 0', (protocol) => protocol.boolField(5, 2, false), '02 0005 00'],
  ['a double is big-endian', (protocol) => protocol.double(-2.5), 'c004000000000000'],
  ['bytes have their count', (protocol) => protocol.bytes(new Uint8Array([9, 8])), '00000002 0908'],
  ['a double field is type 4', (protocol) => protocol.valueField(4, 2, 'double'), '04 0004'],
  ['a field of bytes is type 11', (protocol) => protocol.valueField(7, 2, 'bytes'), '0b 0007'],
];

for (const [name, write, expected] of cases) {
  test(name, () => {
    const bytes = written((writer) => write(new ThriftBinaryProtocol(writer)));
    assert.equal(bytes.toString('hex'), hex(expected));
  });
}

test('a list is type 15 of structs, its count is put in front when it is known', () => {
  const bytes = written((writer) => {
    const protocol = new ThriftBinaryProtocol(writer);
    const mark = protocol.listField(10);
    for (let i = 0; i < 258; i++) protocol.stop();
    assert.equal(protocol.closeList(mark, 258), 0);
    assert.equal(protocol.listHeadBytes(258), mark + 4);
  });
  assert.equal(bytes.toString('hex'), hex(`0f 000a 0c 00000102`) + '00'.repeat(258));
});
