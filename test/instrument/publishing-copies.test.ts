import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { catalog } from '../../src/instrument/catalog.ts';
import { publishingCopies } from '../../src/instrument/publishing-copies.ts';
import { app, tempDir } from '../support/app.ts';

const copy = (version: string): string => app({ after }, { 'package.json': { name: 'redis', version } });

test('a copy publishes from the version on that the catalogue says, and each counts by itself', () => {
  const publishes = publishingCopies(catalog);
  for (const [target, version, expected] of [
    ['redis', '5.11.0', false],
    ['redis', '5.12.0', true],
    ['@redis/client', '1.6.1', false],
    ['@redis/client', '6.3.1', true],
    ['ioredis', '6.0.0', false],
    ['mysql2', '3.19.1', false],
    ['mysql2', '3.19.1-canary.91c5229d', false],
    ['mysql2', '3.19.2-canary.c06afc25', true],
    ['mysql2', '3.20.0', true],
    ['express', '99.0.0', false],
  ] as const) {
    assert.equal(publishes(target, copy(version)), expected, `${target} ${version}`);
  }
});

test('a version that cannot be read is one that publishes', () => {
  const publishes = publishingCopies(catalog);
  assert.equal(publishes('redis', tempDir({ after })), true);
  assert.equal(publishes('redis', undefined), true);
  assert.equal(publishes('express', undefined), false);
});

test('each copy is looked at once, and a row that is off is none', () => {
  const publishes = publishingCopies(catalog);
  const dir = copy('5.11.0');
  assert.equal(publishes('redis', dir), false);
  unlinkSync(join(dir, 'package.json'));
  assert.equal(publishes('redis', dir), false);
  assert.equal(publishingCopies([])('redis', copy('6.0.0')), false);
});
