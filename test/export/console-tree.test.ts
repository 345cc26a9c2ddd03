import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { createConsoleTree } from '../../src/export/console-tree.ts';
import { inMs } from './support.ts';

function setUp(write?: (text: string) => void) {
  const written: string[] = [];
  const exporter = createConsoleTree({ write: write ?? ((text) => void written.push(text)), colour: false });
  const tracer = new TracerProvider({ spanProcessors: [exporter.processor] }).getTracer('test');
  const start = (name: string, parent?: Span) =>
    tracer.startSpan(name, {}, parent && trace.setSpan(ROOT_CONTEXT, parent));
  /** The names in each piece that was written. */
  const pieces = () =>
    written.map((text) =>
      text
        .split('\n')
        .slice(1, -1)
        .map((line) => /[a-z]+\d*(?= [\d.]+ )/.exec(line)?.[0]),
    );
  return { exporter, start, pieces, written };
}

test('a trace is drawn once its last local span has ended', () => {
  const { start, pieces, exporter } = setUp();
  const parent = start('parent');
  const child = start('child', parent);
  child.end();
  assert.deepEqual([pieces(), exporter.idle], [[], false]);
  parent.end();
  assert.deepEqual([pieces(), exporter.idle], [[['parent', 'child']], true]);
});

test('a span that outlives its parent holds the trace back; flush and the end draw what there is', async () => {
  const { start, pieces, exporter } = setUp();
  const parent = start('parent');
  const late = start('late', parent);
  parent.end();
  await exporter.flush(inMs(0));
  assert.deepEqual([pieces(), exporter.idle], [[['parent']], true]);
  late.end();
  const another = start('another');
  start('inside', another).end();
  exporter.takeUnsent();
  assert.deepEqual(pieces(), [['parent'], ['late'], ['inside']]);
  assert.equal(exporter.stats(), undefined);
});

test('a trace below a span that never ends is drawn in pieces of 1000 spans', () => {
  const { start, pieces } = setUp();
  const server = start('server');
  for (let n = 0; n < 2500; n++) start('child', server).end();
  assert.deepEqual(
    pieces().map(({ length }) => length),
    [1000, 1000],
  );
});

test('of 1001 traces that wait the oldest is drawn, and its last span for itself', () => {
  const { start, pieces } = setUp();
  const open = Array.from({ length: 1001 }, (_, n) => {
    const parent = start(`parent${n}`);
    start(`child${n}`, parent).end();
    return parent;
  });
  assert.deepEqual(pieces(), [['child0']]);
  open[0]?.end();
  assert.deepEqual(pieces().slice(1), [['child1'], ['parent0']]);
});

test('a span that cannot be drawn or written does not make end() throw', () => {
  const { start } = setUp(() => {
    throw new Error('closed');
  });
  start('span').end();
  const odd = setUp();
  odd.start(42 as unknown as string).end();
});
