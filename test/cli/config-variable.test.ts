import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configVariable, withConfig } from '../../src/cli/config-variable.ts';
import { tempDir } from '../support/app.ts';

test('a file with a file_format is for OTEL_CONFIG_FILE, any other, good or not, for TRACING_CONFIG', (t) => {
  const cwd = tempDir(t);
  const contents = {
    'a.yaml': 'file_format: "1.1"\n',
    'b.yaml': 'namespace: dev\n',
    'c.yaml': 'a: [',
    'd.yaml': '- x\n',
  };
  for (const [file, content] of Object.entries(contents)) writeFileSync(join(cwd, file), content);
  assert.deepEqual(
    ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml', 'none.yaml'].map((file) => configVariable(cwd, file)),
    ['OTEL_CONFIG_FILE', 'TRACING_CONFIG', 'TRACING_CONFIG', 'TRACING_CONFIG', 'TRACING_CONFIG'],
  );
});

test('the file that is named counts, whatever declarative file the environment has', (t) => {
  const cwd = tempDir(t);
  writeFileSync(join(cwd, 'a.yaml'), 'file_format: "1.1"\n');
  const env = { PATH: '/bin', OTEL_CONFIG_FILE: 'x.yaml', OTEL_EXPERIMENTAL_CONFIG_FILE: 'y.yaml' };
  assert.deepEqual(withConfig(env, cwd, 'b.yaml'), { PATH: '/bin', TRACING_CONFIG: join(cwd, 'b.yaml') });
  assert.deepEqual(withConfig(env, cwd, 'a.yaml'), { PATH: '/bin', OTEL_CONFIG_FILE: join(cwd, 'a.yaml') });
});
