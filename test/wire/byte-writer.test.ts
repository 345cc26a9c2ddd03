import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, varintSize } from '../../src/wire/byte-writer.ts';
import { anyText } from './spans.ts';
import { written } from './written.ts';

const MB = 1024 * 1024;

test('text is the UTF-8 that Buffer makes of it, half surrogate pairs included', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.deepEqual(
        written((writer) => writer.text(text)),
        Buffer.from(text),
      );
      const counted = written((writer) => writer.textU32(text));
      assert.equal(counted.readUInt32BE(), Buffer.byteLength(text));
      assert.deepEqual(counted.subarray(4), Buffer.from(text));
    }),
    { numRuns: 1000 },
  );
});

for (const length of [0, 1, 12, 13, 42, 43, 127, 128, 16_383, 16_384, 100_000]) {
  for (const unit of ['a', 'é', '€', '\ud800']) {
    test(`${length} × ${JSON.stringify(unit)} stands behind its byte count`, () => {
      const bytes = Buffer.from(unit.repeat(length));
      const counted = written((writer) => writer.textVarint(unit.repeat(length)));
      assert.equal(counted.length, varintSize(bytes.length) + bytes.length);
      assert.deepEqual(counted.subarray(varintSize(bytes.length)), bytes);
    });
  }
}

for (const value of [0, 127, 128, 16_383, 16_384, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 32 - 1]) {
  test(`${value} is a varint of ${varintSize(value)} bytes`, () => {
    const bytes = written((writer) => writer.varint(value));
    assert.equal(bytes.length, varintSize(value));
    assert.equal(
      bytes.reduceRight((sum, byte) => sum * 128 + (byte & 0x7f), 0),
      value,
    );
    assert.deepEqual(
      written((writer) => writer.varint64(0, value)),
      bytes,
    );
  });
}

test('numbers stand at their full width, big-endian where nothing else is said', () => {
  const bytes = written((writer) => {
    writer.u24(0x010203);
    writer.i64(-2);
    writer.i64(2 ** 53 - 1);
    writer.u64Le(0x01020304, 0x05060708);
  });
  assert.equal(bytes.toString('hex'), '010203fffffffffffffffe001fffffffffffff0807060504030201');
});

test('sixteen hex digits are eight bytes, from where they are said to begin; what is no digit is 0', () => {
  assert.equal(written((writer) => writer.hex64('x0123456789ABCdef', 1)).toString('hex'), '0123456789abcdef');
  assert.equal(written((writer) => writer.hex64('1€2g', 0)).toString('hex'), '1020000000000000');
});

test('what was written is repeated, also where the buffer has to grow for it', () => {
  const text = 'abc'.repeat(1000);
  const bytes = written((writer) => {
    writer.text(`x${text}`);
    writer.repeat(1, writer.at);
  });
  assert.equal(bytes.toString(), `x${text}${text}`);
});

test('the epoch is another one after rewind and clear, and the same after any write', () => {
  const writer = new ByteWriter();
  const { epoch } = writer;
  writer.bytes(new Uint8Array(10_000));
  writer.closeLength(writer.openLength(2), 2);
  assert.equal(writer.epoch, epoch);
  writer.rewind(5);
  const rewound = writer.epoch;
  assert.notEqual(rewound, epoch);
  writer.clear();
  assert.notEqual(writer.epoch, rewound);
});

test('-1 is a varint of ten bytes', () => {
  assert.equal(written((writer) => writer.varint64(0xffffffff, 0xffffffff)).toString('hex'), 'ffffffffffffffffff01');
});

for (const length of [0, 1, 127, 128, 16_384]) {
  for (const reserved of [1, 2]) {
    test(`a length of ${length} takes its shortest form where ${reserved} bytes were left for it`, () => {
      const bytes = written((writer) => {
        writer.u8(9);
        const mark = writer.openLength(reserved);
        writer.text('x'.repeat(length));
        writer.closeLength(mark, reserved);
        writer.u8(7);
      });
      const expected = written((writer) => {
        writer.u8(9);
        writer.textVarint('x'.repeat(length));
        writer.u8(7);
      });
      assert.deepEqual(bytes, expected);
    });
  }
}

test('a write over the limit changes nothing, nor does any after it, until rewind', () => {
  const writer = new ByteWriter();
  writer.limit(10);
  writer.text('0123456789');
  writer.text('x'.repeat(65));
  assert.ok(writer.overflowed);
  writer.u8(1);
  writer.u16(1);
  writer.u24(1);
  writer.u32(1);
  writer.i64(1);
  writer.u64Le(1, 1);
  writer.hex64('0123456789abcdef', 0);
  writer.repeat(0, 2);
  writer.u32Le(1);
  writer.f64(1, true);
  writer.varint(1);
  writer.varint64(1, 1);
  writer.bytes(new Uint8Array(1));
  writer.textU32('x');
  writer.textVarint('x'.repeat(100));
  writer.closeLength(writer.openLength(2), 2);
  assert.equal(Buffer.from(writer.copy(0)).toString(), '0123456789');
  writer.rewind(5);
  assert.equal(writer.overflowed, false);
  writer.text('abc');
  assert.equal(Buffer.from(writer.copy(0)).toString(), '01234abc');
});

test('text that cannot fit grows nothing', () => {
  const writer = new ByteWriter();
  writer.limit(1000);
  const before = process.memoryUsage().arrayBuffers;
  writer.text('x'.repeat(64 * 1024 * 1024));
  assert.ok(writer.overflowed);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
});

test('more than the runtime gives in one piece is an overflow, not an exception', () => {
  const writer = new ByteWriter();
  assert.equal(writer.room(2 ** 60), false);
  assert.ok(writer.overflowed);
});

for (const [written, kept] of [
  [[3000], 4096],
  [[100_000], 131_072],
  [[100_000, 33_000], 131_072],
  [[100_000, 25_000], 50_000],
  [[100_000, 100], 4096],
  [[8 * MB], MB],
  [[8 * MB, MB / 2], MB],
  [[8 * MB, 10], 4096],
] as const) {
  test(`batches of ${written.join(', then ')} bytes leave a buffer of ${kept} behind`, () => {
    const writer = new ByteWriter();
    for (const bytes of written) {
      for (let i = 0; i < bytes; i += 100) writer.bytes(new Uint8Array(Math.min(100, bytes - i)));
      writer.clear();
    }
    assert.equal(writer.written.buffer.byteLength, kept);
  });
}
