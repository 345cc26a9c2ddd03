import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '../../support/app.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { ask, aViewer } from '../support.ts';

async function served(t: Cleanup) {
  const dir = tempDir(t);
  const pageDirectory = join(dir, 'page');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(pageDirectory);
  writeFileSync(join(pageDirectory, 'index.html'), '<!doctype html>');
  writeFileSync(join(pageDirectory, 'page-abc.js'), 'script');
  writeFileSync(join(pageDirectory, 'notes.txt'), 'not for the web');
  writeFileSync(join(dir, 'secret.js'), 'secret');
  const { url } = await aViewer(t, { pageDirectory });
  return url;
}

test("each path of the page's router is the document, a file is kept for ever", async (t) => {
  const url = await served(t);
  for (const path of [
    '/',
    '/search?service=a',
    '/trace/abc?span=1',
    '/compare?a=1&b=2',
    '/services',
    '/dependencies',
  ]) {
    const { status, headers, text } = await ask(url + path);
    assert.deepEqual(
      [status, headers['content-type'], text],
      [200, 'text/html; charset=utf-8', '<!doctype html>'],
      path,
    );
    assert.equal(headers['cache-control'], 'no-cache');
  }
  const { headers } = await ask(`${url}/page-abc.js`);
  assert.deepEqual(
    [headers['content-type'], headers['cache-control']],
    ['text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  );
});

test('nothing else of the disk is served, however it is asked for', async (t) => {
  const url = await served(t);
  for (const path of [
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/..\\secret.js',
    '//etc/passwd',
    '/page-abc.js/../../secret.js',
    '/notes.txt',
    '/page-abc.js%00',
    '/nothing',
    '/tracer/x',
  ]) {
    const { status, text } = await ask(url + path);
    assert.deepEqual([status, text], [404, 'not found\n'], path);
  }
});

test('without a page, or before it was built, there is the API', async (t) => {
  const { url } = await aViewer(t, { pageDirectory: '/no/such/directory' });
  assert.equal((await ask(url)).status, 404);
  assert.equal((await ask(`${url}/api/services`)).status, 200);
});
