import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { OtlpAttributeWriter } from '../../src/wire/otlp-attribute-writer.ts';
import { OtlpSpanWriter, writeText } from '../../src/wire/otlp-span-writer.ts';
import { aContext, aSpan } from './spans.ts';
import { hex, written } from './written.ts';

function bytes(span: ReadableSpan): Buffer {
  return written((writer) => new OtlpSpanWriter(writer, new OtlpAttributeWriter(), {}).span(0x12, span));
}

const context = aContext({ traceId: 'ab', spanId: 'cd' });
const ids = `0a 10 ${'00'.repeat(15)} ab  12 08 ${'00'.repeat(7)} cd`;
const times = '39 0100000000000000  41 00ca9a3b00000000';
const smallest = aSpan({ name: '', context, startTime: [0, 1], endTime: [1, 0] });

test('a span with nothing in it has ids, kind, times and flags', () => {
  assert.equal(bytes(smallest).toString('hex'), hex(`12 36  ${ids}  30 01  ${times}  85 01 01010000`));
});

test('a span with something of everything stands in the order of its fields', () => {
  const span = {
    ...smallest,
    name: 'op',
    kind: SpanKind.SERVER,
    parentSpanContext: aContext({ spanId: 'ef', isRemote: true }),
    attributes: { a: true },
    droppedAttributesCount: 1,
    events: [{ name: 'e', time: [0, 2] as [number, number], droppedAttributesCount: 5 }],
    droppedEventsCount: 2,
    links: [{ context, attributes: { b: 'x' } }],
    droppedLinksCount: 300,
    status: { code: SpanStatusCode.ERROR, message: 'no' },
  };
  assert.equal(
    bytes(span).toString('hex').slice(6),
    hex(`
      ${ids}  22 08 ${'00'.repeat(7)} ef  2a 02 'op'  30 02  ${times}
      4a 07 0a 01 'a' 12 02 10 01  50 01
      5a 0e 09 0200000000000000 12 01 'e' 20 05  60 02
      6a 2b ${ids} 22 08 0a 01 'b' 12 03 0a 01 'x' 35 01010000  70 ac02
      7a 06 12 02 'no' 18 02  85 01 01030000`),
  );
});

for (const [nameLength, head] of [
  [71, '12 7f'],
  [72, '12 8001'],
  [16_326, '12 ff7f'],
  [16_327, '12 808001'],
] as const) {
  test(`a span with a name of ${nameLength} bytes begins with ${head}`, () => {
    const sized = bytes({ ...smallest, name: 'x'.repeat(nameLength) });
    assert.ok(sized.toString('hex').startsWith(hex(head)));
  });
}

test('text that is missing or empty is no field', () => {
  const fields = written((writer) => {
    writeText(writer, 0x0a, undefined);
    writeText(writer, 0x0a, '');
    writeText(writer, 0x12, 'é');
  });
  assert.equal(fields.toString('hex'), '1202c3a9');
});
