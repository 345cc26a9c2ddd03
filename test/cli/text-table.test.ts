import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textTable } from '../../src/cli/text-table.ts';

test('columns stand under each other, and nothing stands behind the last', () => {
  assert.equal(
    textTable([
      ['a', '1', ''],
      ['long', '22', 'x'],
      ['b', '', ''],
    ]),
    'a     1\nlong  22  x\nb\n',
  );
  assert.equal(textTable([]), '');
});
