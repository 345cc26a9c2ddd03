import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findInstallation } from '../../src/cli/installation.ts';
import { checkout } from '../support/run.ts';

test('found from src/ and from dist/, with what is there', () => {
  const { version } = JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')) as { version: string };
  for (const directory of ['src/cli', 'dist']) {
    const found = findInstallation(join(checkout, directory));
    assert.equal(found.version, version);
    assert.ok(existsSync(found.register));
    assert.ok(existsSync(join(found.pageDirectory, 'index.html')));
    assert.ok(existsSync(join(found.demoDirectory, 'gateway.mjs')));
  }
});

test('elsewhere there is none', () => {
  assert.throws(() => findInstallation(tmpdir()), /is in no installation of otel-preload/);
});
