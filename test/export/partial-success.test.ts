import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodePartialSuccess } from '../../src/export/partial-success.ts';

const protobuf = 'application/x-protobuf';

// partial_success { rejected_spans: 300, error_message: "too old" }
const rejected300 = Buffer.from([0x0a, 12, 0x08, 0xac, 0x02, 0x12, 7, ...Buffer.from('too old')]);

test('300 rejected spans and the reason are found, in protobuf and in JSON', () => {
  const wanted = { spans: 300, why: 'too old' };
  assert.deepEqual(decodePartialSuccess(rejected300, protobuf, 512), wanted);
  for (const rejectedSpans of ['300', 300]) {
    const json = Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage: 'too old' } }));
    assert.deepEqual(decodePartialSuccess(json, 'application/json; charset=utf-8', 512), wanted);
  }
});

test('an answer that rejects nothing is a plain success', () => {
  for (const [body, type] of [
    ['', protobuf],
    ['\x0a\x00', protobuf],
    ['\x0a\x04\x12\x02hi', protobuf],
    ['{}', 'application/json'],
    ['{"partialSuccess":{}}', 'application/json'],
    ['null', 'application/json'],
    ['not json', 'application/json'],
    ['<html>', 'text/html'],
    ['', ''],
  ] as const) {
    assert.equal(decodePartialSuccess(Buffer.from(body), type, 512), undefined, JSON.stringify(body));
  }
});

test('nobody rejects more spans than there were, half of one or less than none', () => {
  assert.deepEqual(decodePartialSuccess(rejected300, protobuf, 200), { spans: 200, why: 'too old' });
  for (const rejectedSpans of [0.5, -1, '1e999', 'x', null, {}, 2 ** 60]) {
    const json = Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans } }));
    assert.equal(decodePartialSuccess(json, 'application/json', 200), undefined, JSON.stringify(rejectedSpans));
  }
  const minusOne = Buffer.from([0x0a, 11, 0x08, ...Array.from({ length: 9 }, () => 0xff), 0x01]);
  assert.equal(decodePartialSuccess(minusOne, protobuf, 200), undefined);
});

test('no bytes make it throw or go on for ever', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(protobuf, 'application/json'), (bytes, type) => {
      const found = decodePartialSuccess(bytes, type, 512);
      assert.ok(found === undefined || (found.spans > 0 && found.spans <= 512));
    }),
  );
  for (let length = 0; length < rejected300.length; length++)
    decodePartialSuccess(rejected300.subarray(0, length), protobuf, 512);
});
