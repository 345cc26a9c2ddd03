import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml, type YamlNode } from '../../src/config/yaml.ts';

function rootOf(content: string): YamlNode {
  const result = parseYaml(content);
  assert.ok(result.status === 'parsed', JSON.stringify(result));
  return result.root;
}

/** `path@line=text` for each scalar. */
function flat(node: YamlNode, path = ''): readonly string[] {
  if (node.kind === 'map')
    return [...node.entries].flatMap(([key, value]) => flat(value, path === '' ? key : `${path}.${key}`));
  if (node.kind === 'list') return node.items.flatMap((item, index) => flat(item, `${path}[${index}]`));
  return [`${path}@${node.line}=${node.kind === 'scalar' ? node.text : '(empty)'}`];
}

test('each entry has the line of its key', () => {
  assert.deepEqual(
    flat(rootOf('# comment\na: 1\nb:\n  c:\n    - x\n    - y\n  d: |\n    long\n    text\ne: {f: g}\n')),
    ['a@2=1', 'b.c[0]@5=x', 'b.c[1]@6=y', 'b.d@7=long\ntext\n', 'e.f@10=g'],
  );
});

test('numbers and booleans keep their spelling', () => {
  const spelled = ['1.10', '007', '0x10', '1e3', 'True', 'yes', '2026-01-01', '.5'];
  assert.deepEqual(
    flat(rootOf(spelled.map((text, index) => `k${index}: ${text}`).join('\n'))).map((line) => line.split('=')[1]),
    spelled,
  );
});

test('null, ~ and nothing are empty, and so is an empty file', () => {
  assert.deepEqual(flat(rootOf('a: null\nb: ~\nc:\nd: ""\n')), ['a@1=(empty)', 'b@2=(empty)', 'c@3=(empty)', 'd@4=']);
  for (const content of ['', '# nothing\n', '---\n']) assert.equal(rootOf(content).kind, 'empty');
});

test('aliases and merge keys are resolved, and own keys go before merged ones', () => {
  const content = 'base: &base {x: 1, y: 2}\na: *base\nb:\n  <<: *base\n  y: 3\nc: {<<: [*base], z: 4}\n';
  assert.deepEqual(flat(rootOf(content)), [
    'base.x@1=1',
    'base.y@1=2',
    'a.x@1=1',
    'a.y@1=2',
    'b.x@1=1',
    'b.y@5=3',
    'c.x@1=1',
    'c.y@1=2',
    'c.z@6=4',
  ]);
});

test('an alias that contains itself ends, and a thousand million of them take no time', () => {
  assert.equal(rootOf('a: &a [*a]\n').kind, 'map');
  const laughs = Array.from({ length: 12 }, (_, level) => {
    const items =
      level === 0
        ? 'x'
        : Array(10)
            .fill(`*l${level - 1}`)
            .join(', ');
    return `l${level}: &l${level} [${items}]`;
  });
  const startMs = performance.now();
  rootOf(laughs.join('\n'));
  assert.ok(performance.now() - startMs < 500);
});

test('what cannot be parsed has line, column and a reason that quotes nothing of the file', () => {
  const failures: readonly (readonly [content: string, line: number, column: number])[] = [
    ['a: 1\nb: "SECRET\n', 3, 1],
    ['a: 1\n\tb: SECRET\n', 2, 1],
    ['a: [SECRET\nb: 2\n', 2, 1],
    ['a: 1\na: SECRET\n', 2, 1],
    ['a: *SECRET\n', 1, 4],
    ['a: 1\n--- \nb: SECRET\n', 2, 1],
    ['a: @SECRET\n', 1, 4],
    ['a: |SECRET\n', 1, 5],
    [String.raw`a: "\qSECRET"`, 1, 5],
  ];
  for (const [content, line, column] of failures) {
    const result = parseYaml(content);
    assert.ok(result.status === 'failed', content);
    assert.deepEqual([result.line, result.column], [line, column], `${content} ${JSON.stringify(result)}`);
    assert.match(result.reason, /^[A-Z][^\n:]+$/, content);
    assert.ok(!result.reason.includes('SECRET'), result.reason);
  }
});
