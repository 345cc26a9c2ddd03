import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../../src/viewer/decode/byte-reader.ts';
import { decodeText } from '../../../src/viewer/decode/decode-text.ts';

const jaeger = (traceID: string) => ({ traceID, spans: [{ traceID, spanID: '1', processID: 'p1' }], processes: {} });
const otlp = (traceId: string) => ({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId, spanId: '1' }] }] }] });
const ids = (text: string): string[] => decodeText(text).spans.map(({ traceId }) => traceId.replace(/^0+/, ''));

test("Jaeger's answer, a trace of it, OTLP, and lists of these are told apart", () => {
  assert.deepEqual(ids(JSON.stringify({ data: [jaeger('a'), jaeger('b')] })), ['a', 'b']);
  assert.deepEqual(ids(JSON.stringify(jaeger('c'))), ['c']);
  assert.deepEqual(ids(JSON.stringify(otlp('d'), null, 2)), ['d']);
  assert.deepEqual(ids(JSON.stringify([jaeger('e'), otlp('f')])), ['e', 'f']);
});

test('one value a line is read, but for a last line that was cut off', () => {
  const lines = [otlp('a'), otlp('b'), jaeger('c')].map((one) => JSON.stringify(one));
  assert.deepEqual(ids(`${lines.join('\n')}\n\n`), ['a', 'b', 'c']);
  const cut = decodeText(`${lines.join('\n')}\n{"resourceSp`);
  assert.deepEqual([cut.spans.length, cut.rejected], [3, 1]);
});

test('what is neither is an error that says what would do', () => {
  assert.throws(() => decodeText('{"a":1}'), /neither a trace of Jaeger \(spans and processes\) nor one of OTLP/);
  assert.throws(
    () => decodeText(`${JSON.stringify(otlp('a'))}\nnonsense\n${JSON.stringify(otlp('b'))}`),
    /line 2 is no JSON/,
  );
  for (const text of ['', ' \n', '{', 'null', '"x"']) assert.throws(() => decodeText(text), DecodeError, text);
});
