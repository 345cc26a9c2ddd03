import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderLicences } from '../../scripts/licences.ts';
import { tempDir } from '../support/app.ts';

test('a licence that two packages have in the same words is there once, under both names, with its notice', (t) => {
  const root = tempDir(t);
  const make = (name: string, files: Readonly<Record<string, string>>) => {
    const directory = join(root, name);
    mkdirSync(directory);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
    return { name, version: '1.0.0', license: 'MIT', directory };
  };
  const packages = [
    make('one', { LICENSE: 'free\n' }),
    make('two', { 'LICENCE.md': 'other', NOTICE: 'noted', 'license-checker.js': 'no licence' }),
    make('three', { license: 'free' }),
  ];
  assert.equal(
    renderLicences(packages),
    `one 1.0.0 (MIT)\nthree 1.0.0 (MIT)\n\nfree\n\n${'-'.repeat(80)}\n\ntwo 1.0.0 (MIT)\n\nother\n\nnoted\n`,
  );
});
