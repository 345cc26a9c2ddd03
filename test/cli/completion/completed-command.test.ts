import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optionsOf, quote, spellings, valueKind } from '../../../src/cli/completion/completed-command.ts';
import { viewCommand } from '../../../src/cli/view-command.ts';
import { run } from '../../support/run.ts';

test('every option has its spellings, --help too, and says what stands behind it', () => {
  const rows = optionsOf(viewCommand);
  const described = rows.map((row) => [...spellings(row), valueKind(row)].join(' '));
  assert.equal(described.length, viewCommand.options.length + 1);
  for (const one of ['-p --port other', '--db file', '--keep none', '-h --help none'])
    assert.ok(described.includes(one), one);
  assert.equal(valueKind({ name: 'dir', value: 'DIRECTORY', help: '' }), 'directory');
});

test('a quoted word is one word to a shell', async () => {
  const word = `it's "a" $word \\ \``;
  const { stdout } = await run({ node: 'sh', args: ['-c', `printf %s ${quote(word)}`] });
  assert.equal(stdout, word);
});
