import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { toBase64, toJsonText, toText, writeJsonString } from '../../src/wire/json-text.ts';
import { anyText } from './spans.ts';
import { written } from './written.ts';

test('what JSON has no word for is named, bytes are base64', () => {
  const value = [Number.NaN, -Infinity, 1n, new Uint8Array([1, 2]), Buffer.from('hi'), null, undefined];
  assert.equal(toJsonText(value), '["NaN","-Infinity","1","AQI=","aGk=",null,null]');
});

test('a list of strings is as the Go original writes it', () => {
  assert.equal(toJsonText(['a', 'b']), '["a","b"]');
});

test('a cycle, a throwing getter and a throwing toJSON become a note', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const toJSON = (): never => {
    throw new RangeError('no');
  };
  assert.equal(toJsonText(cycle), '"[not serialisable: TypeError]"');
  assert.equal(toJsonText({ toJSON }), '"[not serialisable: RangeError]"');
  assert.equal(toJsonText({ toJSON: () => undefined }), 'null');
});

test('a name that is no string becomes one', () => {
  assert.equal(toText(undefined), 'undefined');
  assert.equal(toText(new Error('x')), 'Error: x');
  assert.equal(toText(Object.create(null)), 'object');
});

test('the bytes of a part of a buffer are its own', () => {
  assert.equal(toBase64(Buffer.from('xhix').subarray(1, 3)), 'aGk=');
});

test('any text between quotes is read back, half surrogate pairs as U+FFFD', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const json = written((writer) => writeJsonString(writer, text)).toString();
      assert.equal(JSON.parse(json), Buffer.from(text).toString());
    }),
    { numRuns: 1000 },
  );
});

test('text longer than what is left is not escaped first', () => {
  const writer = new ByteWriter();
  writer.limit(1000);
  // escaped it would be longer than the runtime lets a string be
  writeJsonString(writer, '\u0000'.repeat(2 ** 28));
  assert.ok(writer.overflowed);
});
