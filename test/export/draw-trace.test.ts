import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { drawTrace, type DrawnSpan } from '../../src/export/draw-trace.ts';

function drawn(spanId: string, parentSpanId = '', more: Partial<DrawnSpan> = {}): DrawnSpan {
  return {
    spanId,
    parentSpanId,
    service: 'shop',
    kind: '',
    name: spanId,
    attributes: {},
    startMs: 0,
    durationMs: 1,
    error: undefined,
    ...more,
  };
}

const lines = (...spans: DrawnSpan[]): string[] => drawTrace('abc', spans, false).trimEnd().split('\n');

test('a trace is a tree, siblings in the order of their start', () => {
  assert.deepEqual(
    lines(
      drawn('GET', 'remote', { kind: 'server', attributes: { 'url.path': '/users/1' }, durationMs: 1234 }),
      drawn('query', 'GET', { kind: 'client', startMs: 2, durationMs: 12.34, error: 'timeout' }),
      drawn('render', 'GET', { startMs: 1, durationMs: 0.83 }),
      drawn('escape', 'render', { durationMs: 0 }),
    ),
    [
      'trace abc',
      'shop server GET /users/1 1.23 s',
      '├─ shop render 830 µs',
      '│  └─ shop escape 0 µs',
      '└─ shop client query 12.3 ms ✗ timeout',
    ],
  );
});

test('an attribute that the name has already is not said again', () => {
  const attributes = { 'url.path': '/a', 'db.query.text': 'SELECT 1' };
  assert.equal(lines(drawn('x', '', { name: 'GET /a', attributes }))[1], 'shop GET /a SELECT 1 1.0 ms');
});

test('no control character of a stranger reaches the terminal, and a text ends after 120 characters', () => {
  const [, line = ''] = lines(drawn('x', '', { name: `a\u001b[2J\nb${'c'.repeat(500)}`, error: '\u009b31m' }));
  assert.doesNotMatch(line, /\p{Cc}/u);
  assert.ok(line.length < 160);
});

test('colours are ANSI codes around the same text', () => {
  const span = drawn('x', '', { kind: 'server', error: 'bad' });
  const coloured = drawTrace('abc', [span], true);
  // eslint-disable-next-line no-control-regex
  assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ''), drawTrace('abc', [span], false));
  assert.ok(coloured.includes('\u001b[31m✗ bad\u001b[0m'));
});

test('every span is drawn once, whoever its parent is: itself, its own child, or nobody', () => {
  const id = fc.constantFrom('', 'a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.array(fc.tuple(id, id)), (ids) => {
      const spans = ids.map(([spanId, parentSpanId], n) => drawn(spanId, parentSpanId, { name: `<${n}>` }));
      const text = drawTrace('abc', spans, false);
      for (const { name } of spans) assert.equal(text.split(name).length, 2, text);
    }),
  );
});
