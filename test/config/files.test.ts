import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findYamlFile, readTextFile } from '../../src/config/files.ts';
import { tempDir } from '../support/app.ts';

test('tracing.yaml goes before tracing.yml, and that before config/tracing.yaml', (t) => {
  const cwd = tempDir(t);
  assert.deepEqual(findYamlFile(cwd), { status: 'absent' });
  mkdirSync(join(cwd, 'config'));
  for (const file of ['config/tracing.yaml', 'tracing.yml', 'tracing.yaml']) {
    writeFileSync(join(cwd, file), file);
    assert.deepEqual(findYamlFile(cwd), { status: 'read', file, content: file });
  }
});

test('a directory is unreadable, and says why without its path', (t) => {
  const cwd = tempDir(t);
  mkdirSync(join(cwd, '.env'));
  assert.deepEqual(readTextFile(cwd, '.env'), {
    status: 'unreadable',
    file: '.env',
    reason: 'EISDIR: illegal operation on a directory',
  });
});

test('a file under a file is absent, and a path with a NUL unreadable: neither throws', (t) => {
  const cwd = tempDir(t);
  writeFileSync(join(cwd, 'config'), '');
  assert.equal(findYamlFile(cwd).status, 'absent');
  assert.equal(readTextFile(cwd, 'a\0b').status, 'unreadable');
});

test('an absolute path is read as it is', (t) => {
  const file = join(tempDir(t), 'x.yaml');
  writeFileSync(file, 'a: 1');
  assert.deepEqual(readTextFile('/nonexistent', file), { status: 'read', file, content: 'a: 1' });
});
