import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { HexAgain, hexToU32, padId, toHexId } from '../../src/wire/hex.ts';

test('eight digits are 32 bits, in either case', () => {
  assert.equal(hexToU32('3ddb641b99358b05', 0), 0x3ddb641b);
  assert.equal(hexToU32('3ddb641b99358b05', 8), 0x99358b05);
  assert.equal(hexToU32('FFFFFFFF', 0), 0xffffffff);
});

test('what is no digit, or missing, is 0', () => {
  assert.equal(hexToU32('g€1', 0), 0x00100000);
  assert.equal(hexToU32('', 8), 0);
});

test('a 64-bit trace id is filled up, a longer one keeps its end', () => {
  assert.equal(padId('99358b05d2ecf561', 32), '000000000000000099358b05d2ecf561');
  assert.equal(padId('aab30d1c42880c11f3', 16), 'b30d1c42880c11f3');
});

test('an id in JSON is lower case, and what is no digit is 0', () => {
  assert.equal(toHexId('99358b05d2ecf561', 16), '99358b05d2ecf561');
  assert.equal(toHexId('ABCg"', 16), '00000000000abc00');
});

test('ids that come again and ids that do not are written as the digits say', () => {
  const writer = new ByteWriter();
  const [spans, traces] = [new HexAgain(16), new HexAgain(32)];
  const written = (again: HexAgain, id: string): string => {
    const mark = writer.at;
    again.write(writer, id);
    return Buffer.from(writer.copy(mark)).toString('hex');
  };
  for (const id of ['3ddb641b99358b05', '3ddb641b99358b05', '99358b05d2ecf561']) assert.equal(written(spans, id), id);
  const trace = '3ddb641b99358b0599358b05d2ecf561';
  for (const id of [trace, trace.slice(), trace]) assert.equal(written(traces, id), trace);
  assert.equal(written(traces, '1'), '1'.padStart(32, '0'));
  assert.equal(written(spans, `5${trace}`), '99358b05d2ecf561');
  writer.rewind(0);
  writer.text('something else');
  assert.equal(written(traces, '1'), '1'.padStart(32, '0'));
  traces.forget();
  writer.setU32(writer.at - 4, 0xffffffff);
  assert.equal(written(traces, '1'), '1'.padStart(32, '0'));
});
