import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTlsFiles } from '../../src/export/tls-files.ts';
import { tempDir } from '../support/app.ts';

test('each file is read as it is now, and one that cannot be read is left out', (t) => {
  const ca = join(tempDir(t), 'ca.pem');
  writeFileSync(ca, 'first');
  assert.deepEqual(readTlsFiles({ ca, key: '/nowhere/key.pem' }), { ca: 'first' });
  writeFileSync(ca, 'second');
  assert.deepEqual(readTlsFiles({ ca }), { ca: 'second' });
  assert.deepEqual(readTlsFiles({}), {});
});
