import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from './app.ts';
import { checkout, run } from './run.ts';

const script = (args: string[], env: Record<string, string> = {}) =>
  run({ node: process.execPath, args: [join(checkout, 'scripts/test.ts'), ...args], env });

test('a filter and a name choose the tests, the closing lines show, and the counts are kept', async (t) => {
  const file = join(tempDir(t), 'counts');
  const ended = await script(['support/run.test', '--name', '^free ports'], { TEST_COUNTS: file });
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  assert.match(ended.stdout, /^ℹ pass 1$/m);
  assert.equal(readFileSync(file, 'utf8'), '1 0 0\n');
});

test('a filter that no test file has in its path is a failure', async () => {
  const none = await script(['no-such-file']);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no test file with no-such-file in its path/);
});
