import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { resolvePlain, resolveReferences } from '../../../src/config/declarative/resolve-references.ts';
import { parseYaml, type YamlNode } from '../../../src/config/yaml.ts';
import { specification, variables } from './specification.ts';

const lookup = (name: string): string | undefined => variables[name];

function resolve(content: string) {
  const parsed = parseYaml(content);
  assert.ok(parsed.status === 'parsed', content);
  return resolveReferences(parsed.root, lookup);
}

/** As JavaScript has it. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'empty') return null;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
}

test('the type is found out after the substitution, as the table in the specification has it', () => {
  for (const { input, output, value, quoted } of specification) {
    const { root, invalid } = resolve(`key: ${quoted ? JSON.stringify(input) : input}\n`);
    if (output === undefined) assert.equal(invalid.length, 1, input);
    else assert.deepEqual(plain(root), { key: value }, input);
  }
});

test('keys are not substituted, scalars of lists and below aliases are, each with its own place', () => {
  const { root, variables: names } = resolve(
    'a: &a\n  - ${INT_VALUE}\n  - x\nb: *a\n${STRING_VALUE}: 1\nc: |\n  ${STRING_VALUE}\n',
  );
  assert.deepEqual(plain(root), { a: [1, 'x'], b: [1, 'x'], '${STRING_VALUE}': 1, c: 'value\n' });
  assert.deepEqual([...names], ['INT_VALUE', 'STRING_VALUE']);
  const list = root.kind === 'map' ? root.entries.get('a') : undefined;
  assert.deepEqual(list?.kind === 'list' && [list.items[0]?.line, list.items[0]?.column], [2, 5]);
});

test('every reference that is none is told, with line and column', () => {
  const { invalid } = resolve('a: ok\nb:\n  c: ${1}\n  d: [x, "${A!}"]\n');
  assert.deepEqual(invalid, [
    { line: 3, column: 3, reference: '${1}' },
    { line: 4, column: 10, reference: '${A!}' },
  ]);
});

test('a quoted, a block or a tagged scalar stays text, whatever is put in', () => {
  assert.deepEqual(plain(resolve(`a: '\${INT_VALUE}'\nb: |-\n  \${INT_VALUE}\nc: !!str \${INT_VALUE}\n`).root), {
    a: '1',
    b: '1',
    c: '1',
  });
});

test('a plain scalar is what the YAML parser makes of it', () => {
  const texts =
    `null Null NULL ~ nULL true True TRUE false False yes on 0 -1 +7 007 0o17 0x1F 0b1 1_000 1.5 -.5 .5 5. 1e3
    1E-3 -1.5e+3 1e .inf -.Inf +.INF .nan .NaN inf nan 12:30 2026-01-01 - a`.split(/\s+/);
  for (const text of texts) {
    const expected: unknown = text === '-' ? '-' : parse(text, { version: '1.2' });
    assert.deepEqual(resolvePlain(text), expected, text);
    if (typeof expected !== 'string') assert.deepEqual(resolvePlain(` ${text} `), expected, text);
  }
});
