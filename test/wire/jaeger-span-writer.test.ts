import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SpanStatusCode } from '@opentelemetry/api';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { JaegerSpanWriter } from '../../src/wire/jaeger-span-writer.ts';
import { JaegerTagWriter } from '../../src/wire/jaeger-tag-writer.ts';
import { ThriftBinaryProtocol } from '../../src/wire/thrift-binary-protocol.ts';
import { ThriftCompactProtocol } from '../../src/wire/thrift-compact-protocol.ts';
import { aContext, aSpan } from './spans.ts';
import { hex, written } from './written.ts';

function aWriter(writer: ByteWriter): JaegerSpanWriter {
  const protocol = new ThriftCompactProtocol(writer);
  return new JaegerSpanWriter(protocol, new JaegerTagWriter(protocol), {});
}

const smallest = aSpan({
  name: 'op',
  context: aContext({ traceId: `${'0'.repeat(15)}1${'0'.repeat(15)}2`, spanId: `${'0'.repeat(15)}3` }),
  startTime: [0, 5000],
  duration: [0, 6999],
  instrumentationScope: { name: 'x' },
});

test('a span of no tags is these bytes in the binary protocol', () => {
  const bytes = written((writer) => {
    const protocol = new ThriftBinaryProtocol(writer);
    new JaegerSpanWriter(protocol, new JaegerTagWriter(protocol), {}).span({
      ...smallest,
      instrumentationScope: { name: '' },
    });
  });
  assert.equal(
    bytes.toString('hex'),
    hex(`
      0a 0001 0000000000000002  0a 0002 0000000000000001  0a 0003 0000000000000003  0a 0004 0000000000000000
      0b 0005 00000002 'op'  08 0007 00000001  0a 0008 0000000000000005  0a 0009 0000000000000006
      0f 000a 0c 00000000  00`),
  );
});

test('a span with a parent, a link and an event is these bytes in the compact protocol', () => {
  const bytes = written((writer) => {
    aWriter(writer).span({
      ...smallest,
      parentSpanContext: aContext({ spanId: '4' }),
      links: [{ context: aContext({ traceId: '5', spanId: '6' }) }],
      events: [{ name: 'e', time: [0, 7000], attributes: { ok: true } }],
    });
  });
  assert.equal(
    bytes.toString('hex'),
    hex(`
      16 04  16 02  16 06  16 08  18 02 'op'
      19 1c  15 02 16 0a 16 00 16 0c 00
      15 02  16 0a  16 0c
      19 1c  18 11 'otel.library.name' 15 00 18 01 'x' 00
      19 1c  16 0e 19 2c  18 05 'event' 15 00 18 01 'e' 00  18 02 'ok' 15 04 31 00  00
      00`),
  );
});

test("a scope's tags are the same when they come from the cache, also after a span that did not fit", () => {
  const writer = new ByteWriter();
  const spans = aWriter(writer);
  writer.limit(0);
  spans.span({ ...smallest, name: 'n'.repeat(50) });
  assert.ok(writer.overflowed);
  writer.clear();
  spans.span(smallest);
  const first = writer.copy(0);
  writer.rewind(0);
  spans.span(smallest);
  assert.deepEqual(writer.copy(0), first);
  assert.ok(Buffer.from(first).includes('otel.library.name'));
});

test('an error is three tags, OK is one, and no status none', () => {
  const said = (status: (typeof smallest)['status']): string[] => {
    const text = written((writer) => aWriter(writer).span({ ...smallest, status })).toString('latin1');
    return ['error', 'otel.status_code', 'OK', 'ERROR', 'otel.status_description', 'why'].filter((one) =>
      text.includes(one),
    );
  };
  assert.deepEqual(said({ code: SpanStatusCode.UNSET }), []);
  assert.deepEqual(said({ code: SpanStatusCode.OK, message: 'why' }), ['otel.status_code', 'OK']);
  assert.deepEqual(said({ code: SpanStatusCode.ERROR }), ['error', 'otel.status_code', 'ERROR']);
  assert.deepEqual(said({ code: SpanStatusCode.ERROR, message: 'why' }).slice(-2), ['otel.status_description', 'why']);
});
