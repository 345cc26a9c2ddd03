import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listSpool } from '../../src/spool/list-spool.ts';
import { aPayload, aSpool, spoolDirectory } from './support.ts';

test('files of ours with their sizes, the oldest first; others are not ours, and no directory has none', async (t) => {
  const directory = spoolDirectory(t);
  assert.deepEqual(listSpool(directory), []);
  const spool = aSpool(directory);
  await spool.write(aPayload(5));
  await spool.write(aPayload(7));
  writeFileSync(join(directory, 'README'), '');
  const listed = listSpool(directory);
  assert.deepEqual(
    listed.map(({ spans, state }) => [spans, state]),
    [
      [5, 'spool'],
      [7, 'spool'],
    ],
  );
  assert.ok(listed.every(({ bytes }) => bytes > 0));
});

test('what is no directory is an error of the file system', (t) => {
  const directory = spoolDirectory(t);
  const file = join(directory, '../../file');
  writeFileSync(file, '');
  assert.throws(() => listSpool(file), { code: 'ENOTDIR' });
});
