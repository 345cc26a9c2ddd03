import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeAgentMessage, decodeJaegerBatch } from './decode-thrift.ts';

function bytes(text: string): Uint8Array {
  const hex = text.replaceAll(/'([^']*)'/g, (_, ascii: string) => Buffer.from(ascii).toString('hex'));
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
}

const span = `
  0a 0001 0000000000000002  0a 0002 0000000000000001  0a 0003 ffffffffffffffff  0a 0004 0000000000000000
  0b 0005 00000002 'op'  08 0007 00000001  0a 0008 0000000000000005  0a 0009 0000000000000006
  0f 000a 0c 00000001  0b 0001 00000001 'k' 08 0002 00000003 0a 0006 ffffffffffffffff 00  00`;
const batch = `0c 0001  0b 0001 00000001 's'  00  0f 0002 0c 00000001 ${span}  00`;

const read = {
  process: { serviceName: 's', tags: {} },
  spans: [
    {
      traceId: '00000000000000010000000000000002',
      spanId: 'ffffffffffffffff',
      parentSpanId: undefined,
      operationName: 'op',
      references: [],
      flags: 1,
      startTimeUs: 5,
      durationUs: 6,
      tags: { k: { type: 'LONG', value: -1 } },
      tagKeys: ['k'],
      logs: [],
    },
  ],
};

test('a batch written by hand is read', () => {
  assert.deepEqual(decodeJaegerBatch(bytes(batch)), read);
});

test('the same batch is read from a packet in either protocol', () => {
  assert.deepEqual(decodeAgentMessage(bytes(`80010004 00000009 'emitBatch' 00000000 0c 0001 ${batch} 00`)), read);
  const compact = `
    82 81 00 09 'emitBatch'  1c 1c 18 01 's' 00  19 1c
    16 04 16 02 16 01 16 00 18 02 'op' 25 02 16 0a 16 0c 19 1c 18 01 'k' 15 06 46 01 00 00  00 00`;
  assert.deepEqual(decodeAgentMessage(bytes(compact)), read);
});

test('the two spans that the Go original recorded are read', () => {
  const recorded = readFileSync(new URL('../fixtures/oracle/user-srv.thrift.bin', import.meta.url));
  assert.deepEqual(
    decodeJaegerBatch(recorded).spans.map(({ operationName }) => operationName),
    ['GetUserInfo', 'helloworld.Greeter/SayHello'],
  );
});

for (const [name, body, complaint] of [
  ['a byte too many', `${batch} 00`, /1 bytes left over/],
  ['a byte too few', batch.slice(0, -2), /not there/],
  ['a field that comes twice', `0c 0001 00 0c 0001 00 00`, /field 1 comes twice/],
  ['an unknown field', `${batch.slice(0, -2)} 08 0009 00000000 00`, /unknown field 9/],
  ['a missing service name', '0c 0001 00  0f 0002 0c 00000000  00', /Process\.1 is missing/],
  ['a type that Thrift has not', '05 0001 00', /type 5/],
] as const) {
  test(`${name} is an error`, () => {
    assert.throws(() => decodeJaegerBatch(bytes(body)), complaint);
  });
}

test('a message that is not oneway emitBatch is an error', () => {
  assert.throws(() => decodeAgentMessage(bytes(`80010001 00000004 'ping' 00000000 00`)), /message ping of type 1/);
});
