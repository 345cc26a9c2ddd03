import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { toJsonText, toText } from '../../src/wire/json-text.ts';

void test('what JSON has no word for is named, bytes are base64', () => {
  const value = [Number.NaN, -Infinity, 1n, new Uint8Array([1, 2]), Buffer.from('hi'), null, undefined];
  assert.equal(toJsonText(value), '["NaN","-Infinity","1","AQI=","aGk=",null,null]');
});

void test('a list of strings is as the Go original writes it', () => {
  assert.equal(toJsonText(['a', 'b']), '["a","b"]');
});

void test('a cycle, a throwing getter and a throwing toJSON become a note', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const toJSON = (): never => {
    throw new RangeError('no');
  };
  assert.equal(toJsonText(cycle), '"[not serialisable: TypeError]"');
  assert.equal(toJsonText({ toJSON }), '"[not serialisable: RangeError]"');
  assert.equal(toJsonText({ toJSON: () => undefined }), 'null');
});

void test('a name that is no string becomes one', () => {
  assert.equal(toText(undefined), 'undefined');
  assert.equal(toText(new Error('x')), 'Error: x');
  assert.equal(toText(Object.create(null)), 'object');
});
