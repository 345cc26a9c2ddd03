import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSnippets } from './snippet.ts';

test('a snippet has its language, text, line and heading; 2 that stand indented are found too', () => {
  const markdown = '# A\n\n```sh\nls\n```\n## B\n### C\n- x:\n\n  ```YAML\n  a:\n    b: 1\n  ```\n<td>\n\n```\n```\n';
  assert.deepEqual(parseSnippets(markdown), [
    { language: 'sh', text: 'ls\n', line: 3, heading: 'A', marks: {} },
    { language: 'yaml', text: 'a:\n  b: 1\n', line: 10, heading: 'B', marks: {} },
    { language: '', text: '\n', line: 16, heading: 'B', marks: {} },
  ]);
});

test('marks are of the snippet right below; they may take 2 lines', () => {
  const comment = '<!-- snippet: with users; get /, /users/7;\n  spans server GET, find user; code 3 -->';
  const [first, second] = parseSnippets(`${comment}\n\`\`\`js\n1;\n\`\`\`\n\n\`\`\`js\n2;\n\`\`\`\n`);
  assert.deepEqual(first?.marks, {
    with: 'users',
    get: ['/', '/users/7'],
    spans: ['server GET', 'find user'],
    code: 3,
  });
  assert.deepEqual(second?.marks, {});
});

for (const [markdown, message] of [
  ['```sh\nls\n', /^line 1: the fence is not closed$/],
  ['<!-- snippet: skip -->\n```sh\n```\n', /^line 1: skip says nothing$/],
  ['<!-- snippet: skpi x -->\n```sh\n```\n', /^line 1: "skpi" is no mark; there are skip, with, /],
  ['<!-- snippet: code x -->\n```sh\n```\n', /^code is a number, got "x"$/],
  ['<!-- snippet: code 1 -->\nprose\n```sh\n```\n', /^line 1: there is no snippet right below this comment$/],
  ['x\n\n    ls\n', /^line 3: put a fence around the indented block$/],
  ['\n<!-- snippet: code 1 -->\n', /^line 2: there is no snippet right below this comment$/],
] as const) {
  test(`${JSON.stringify(markdown)} is an error`, () => {
    assert.throws(() => parseSnippets(markdown), { message });
  });
}
