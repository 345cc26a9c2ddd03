import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { checkout } from '../support/run.ts';

const pages = globSync(['*.md', 'bench/*.md', 'docs/*.md'], { cwd: checkout }).sort();

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  const headings = readFileSync(join(checkout, page), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

for (const page of pages) {
  test(`${page}: each link and picture leads somewhere`, () => {
    const text = readFileSync(join(checkout, page), 'utf8');
    const missing = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(join(checkout, file))) return true;
        return anchor !== undefined && !anchorsOf(file).includes(anchor);
      });
    assert.deepEqual(missing, []);
  });
}

test('docs/README.md names every page of docs/', () => {
  const index = readFileSync(join(checkout, 'docs/README.md'), 'utf8');
  const unnamed = pages.filter(
    (page) => page.startsWith('docs/') && page !== 'docs/README.md' && !index.includes(`](${page.slice(5)})`),
  );
  assert.deepEqual(unnamed, []);
});

test('an anchor is made of the words of a heading', () => {
  assert.ok(anchorsOf('docs/docker.md').includes('pid-1'));
  assert.ok(!anchorsOf('docs/docker.md').includes('pid-2'));
});
