import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { ThriftBinaryProtocol } from '../../src/wire/thrift-binary-protocol.ts';
import { ThriftCompactProtocol } from '../../src/wire/thrift-compact-protocol.ts';
import type { ThriftProtocol } from '../../src/wire/thrift-protocol.ts';

const protocols: Readonly<Record<string, (writer: ByteWriter) => ThriftProtocol>> = {
  binary: (writer) => new ThriftBinaryProtocol(writer),
  compact: (writer) => new ThriftCompactProtocol(writer),
};

/** Lists in a list, of a count that needs more bytes than were left for it. */
function writeLists(protocol: ThriftProtocol): void {
  const outer = protocol.listField(2, 1);
  for (let i = 0; i < 20; i++) {
    const inner = protocol.listField(1, 0);
    for (let item = 0; item < 200; item++) protocol.stop();
    protocol.closeList(inner, 200);
    protocol.stop();
  }
  protocol.closeList(outer, 20);
}

for (const [name, create] of Object.entries(protocols)) {
  test(`${name}: bytes encoded once are the same wherever they are put`, () => {
    const writer = new ByteWriter();
    const protocol = create(writer);
    writeLists(protocol);
    const once = writer.copy(0);
    protocol.i32Field(7, 6, 1);
    protocol.textField(5, 4, 'x'.repeat(300));
    const mark = writer.at;
    writeLists(protocol);
    assert.deepEqual(writer.copy(mark), once);
  });

  test(`${name}: a list that overflows at any byte changes nothing before it`, () => {
    const whole = new ByteWriter();
    writeLists(create(whole));
    for (let limit = 0; limit < whole.at - 64; limit += 7) {
      const writer = new ByteWriter();
      const protocol = create(writer);
      protocol.textField(1, 0, 'before');
      const before = writer.copy(0);
      writer.limit(before.length + limit);
      writeLists(protocol);
      assert.ok(writer.overflowed);
      writer.rewind(before.length);
      assert.deepEqual(writer.copy(0), before);
    }
  });
}
