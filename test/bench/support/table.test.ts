import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { table } from '../../../bench/support/table.ts';

test('columns are as wide as their longest cell, and numbers stand to the right', () => {
  const rows = [
    ['bare', '13.7 (13.5–13.9)', '–'],
    ['ours', '97.0', '6.07'],
  ];
  assert.equal(
    table(['variant', 'µs', '×'], rows),
    `| variant |               µs |    × |
| ------- | ---------------: | ---: |
| bare    | 13.7 (13.5–13.9) |    – |
| ours    |             97.0 | 6.07 |
`,
  );
});
