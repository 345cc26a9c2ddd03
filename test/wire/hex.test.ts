import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { hexToU32, padId, toHexId } from '../../src/wire/hex.ts';

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
