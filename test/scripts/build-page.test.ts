import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { checkout } from '../support/run.ts';

const directory = `${checkout}dist/viewer/`;
const files = readdirSync(directory);
const text = (name: string): string => readFileSync(directory + name, 'utf8');

test('the page is a document, a script, a style sheet and an icon, of 120 KB compressed at most', () => {
  assert.deepEqual(files.map((name) => name.replace(/-[\da-f]{8}\./, '-hash.')).sort(), [
    'icon.svg',
    'index.html',
    'page-hash.css',
    'page-hash.js',
  ]);
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(directory + name)).length, 0);
  assert.ok(bytes < 120_000, `${bytes} bytes`);
});

test('the document names what is there, and has no script or style of its own, which the policy would refuse', () => {
  const html = text('index.html');
  for (const [, name = ''] of html.matchAll(/(?:src|href)="\/([^"]+)"/g)) assert.ok(files.includes(name), name);
  assert.equal([...html.matchAll(/(?:src|href)=/g)].length, 3);
  assert.doesNotMatch(html, /<style|style=|\son\w+=|<script[^>]*>[^<]/);
});

test('nothing of it names another server', () => {
  for (const name of files) {
    const urls = text(name).match(/https?:\/\/[^\s"'`)]+/g) ?? [];
    assert.deepEqual(
      urls.filter((url) => !url.startsWith('http://www.w3.org/')),
      [],
      name,
    );
  }
});

test('the licences of what is in it are in the bundle', () => {
  const licences = readFileSync(`${checkout}dist/LICENSES.txt`, 'utf8');
  for (const name of ['preact', '@preact/signals', '@preact/signals-core']) {
    assert.match(licences, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)`, 'm'));
  }
});
