import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reading, sectionOf } from './support.ts';

test('a section knows its path and its place, and says them of itself', () => {
  const section = sectionOf('a:\n  b:\n    - x\n    - c: 5\n').child('a')?.child('b')?.items[1]?.child('c');
  assert.deepEqual(section?.source, { kind: 'yaml', path: 'a.b[1].c', file: 'otel.yaml', line: 4, column: 7 });
  assert.equal(section?.value, 5);
  assert.equal(section?.problem('must not').text, 'a.b[1].c (otel.yaml:4:7) must not');
});

test('a key without a value is there and says nothing, a key that is not there is not', () => {
  const root = sectionOf('a:\n');
  assert.deepEqual(
    [root.child('a')?.value, root.child('a')?.candidate('namespace'), root.child('b')],
    [undefined, [], undefined],
  );
});

test('what nobody has asked for is told once, at the top of it, and what says nothing is not', () => {
  const content = 'a: {b: 1, c: {d: [1, 2]}}\ne: [{f: 1, g: 2}]\nh:\n';
  assert.deepEqual(reading(content, (root) => root.child('a')?.child('b')).lines, [
    'a.c (otel.yaml:1:11) is valid but not supported here; going on without it',
    'e (otel.yaml:2:1) is valid but not supported here; going on without it',
  ]);
  assert.deepEqual(
    reading(content, (root) => {
      root.child('a')?.take();
      return root.child('e')?.items[0]?.child('g');
    }).lines,
    ['e[0].f (otel.yaml:2:6) is valid but not supported here; going on without it'],
  );
});

test('what is refused is told, even where it says nothing and has been asked for again', () => {
  const { lines } = reading('a:\n  my_sampler:\n', (root) => {
    root.child('a')?.kind[1].refuse();
    return root.child('a')?.entries;
  });
  assert.deepEqual(lines, ['a.my_sampler (otel.yaml:2:3) is valid but not supported here; going on without it']);
});

test('a list of scalars is read whole', () => {
  const { result, lines } = reading('a: [x, 1, true]\n', (root) => root.child('a')?.raw);
  assert.deepEqual([result, lines], [['x', '1', 'true'], []]);
});
