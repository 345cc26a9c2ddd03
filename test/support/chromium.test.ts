import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chromiumOrSkip, closeChromium } from './chromium.ts';
import { run } from './run.ts';

after(closeChromium);

test('a real Chromium shows a page', async (t) => {
  const browser = await chromiumOrSkip(t);
  if (!browser) return;
  const page = await browser.newPage();
  await page.setContent('<h1>shown</h1>');
  assert.equal(await page.locator('h1').innerText(), 'shown');
  assert.equal(await chromiumOrSkip(t), browser, 'one for all');
});

test('without a Chromium a test is skipped with the reason, but fails in CI', async () => {
  const url = new URL('./chromium.ts', import.meta.url).href;
  const source = `import { chromiumOrSkip } from ${JSON.stringify(url)};
    await chromiumOrSkip({ skip: (why) => console.log(why) });`;
  const attempt = (env: Record<string, string>) =>
    run({
      node: process.execPath,
      args: ['--input-type=module', '-e', source],
      env: { ...env, CHROMIUM_BIN: '/nowhere' },
    });
  assert.match((await attempt({})).stdout, /^no Chromium: set CHROMIUM_BIN, or install it/);
  const inCi = await attempt({ CI: 'true' });
  assert.equal(inCi.code, 1);
  assert.match(inCi.stderr, /no Chromium: .*; in CI no test may be skipped for that/);
});
