import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, sendTrace, textsOf, violations } from './browse.ts';
import { shopSpanId, shopTraceId, type ShopTrace } from './shop.ts';

const traces: ShopTrace[] = [
  { n: 1 },
  { n: 2, isFailed: true },
  { n: 3, operation: 'POST /orders', ms: 900, hasQueue: true },
];

const pages: Readonly<Record<string, string>> = {
  list: '/',
  'list without a match': '/?q=nowhere',
  trace: `/trace/${shopTraceId(2)}`,
  'trace with a span': `/trace/${shopTraceId(2)}?span=${shopSpanId(2, 8)}`,
  'trace with something found': `/trace/${shopTraceId(2)}?find=profile&zoom=20000-60000`,
  flame: `/trace/${shopTraceId(2)}?view=flame`,
  table: `/trace/${shopTraceId(2)}?view=table`,
  comparison: `/compare?a=${shopTraceId(1)}&b=${shopTraceId(3)}`,
  services: '/services',
  graph: '/dependencies',
  'a trace that is not there': `/trace/${'7'.repeat(32)}`,
};

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong with any page in ${colorScheme}`, async (t) => {
    const browsing = await browse(t, { colorScheme, traces });
    if (!browsing) return;
    const { page, open } = browsing;
    for (const [name, path] of Object.entries(pages)) {
      if (name.includes('not there')) continue;
      await open(path, '.trace-row, .span-row, .flame canvas, table, .empty, svg');
      await page.waitForTimeout(300);
      assert.deepEqual(await violations(page), [], name);
    }
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    assert.deepEqual(await violations(page), [], 'help');
  });
}

test('axe finds nothing wrong at 360 px, and nothing is wider than the screen', async (t) => {
  const browsing = await browse(t, { size: { width: 360, height: 740 }, hasTouch: true, traces });
  if (!browsing) return;
  const { page, open } = browsing;
  for (const [name, path] of Object.entries(pages)) {
    if (name.includes('not there')) continue;
    await open(path, '.trace-row, .span-row, .flame canvas, table, .empty, svg');
    await page.waitForTimeout(300);
    assert.deepEqual(await violations(page), [], name);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${name} is ${width} px wide`);
    const broken = await page
      .locator('h1:not(.visually-hidden)')
      .evaluateAll((all) =>
        all.map(({ scrollWidth, clientWidth, textContent }) => (scrollWidth > clientWidth ? textContent : '')).join(''),
      );
    assert.equal(broken, '', name);
  }
});

test('each page is reached by links, and by going back', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  await page.getByRole('link', { name: 'Services' }).click();
  await page.waitForSelector('.services-page table');
  assert.equal(await page.title(), 'Services · otel-preload');
  await page.getByRole('link', { name: 'Graph' }).click();
  await page.waitForSelector('.graph svg');
  assert.deepEqual(await textsOf(page, 'nav [aria-current]'), ['Graph']);
  await page.goBack();
  await page.waitForSelector('.services-page');
  await page.getByRole('link', { name: 'Traces', exact: true }).click();
  await page.locator('.trace-row a').first().click();
  await page.waitForSelector('.waterfall');
  assert.equal(await page.title(), 'GET /users/:id · otel-preload');
  assert.equal(new URL(page.url()).pathname, `/trace/${shopTraceId(1)}`);
});

test('links of Jaeger’s page work: /search, and /trace/a...b', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { open } = browsing;
  await open('/search?service=orders', '.trace-row');
  await open(`/trace/${shopTraceId(1)}...${shopTraceId(2)}`, '.compare-page table');
});

test('an address that is no page says so, one of a trace that is gone too', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/compare', '.empty');
  assert.deepEqual(await textsOf(page, '.empty h2'), ['Pick two traces of the list to compare them']);
  page.removeAllListeners('console'); // the browser itself complains of 404
  await open(`/trace/${'7'.repeat(32)}`, '.empty');
  assert.deepEqual(await textsOf(page, '.empty h2'), ['This trace is not here']);
});

test('colours are the system’s, until somebody chooses, and then stay', async (t) => {
  const browsing = await browse(t, { colorScheme: 'dark', traces });
  if (!browsing) return;
  const { page, open } = browsing;
  const theme = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset['theme']);
  await open('/', '.trace-row');
  assert.equal(await theme(), 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await eventually(theme, 'light');
  const button = page.getByRole('button', { name: /^Colours/ });
  await button.click();
  await button.click();
  assert.equal(await theme(), 'dark');
  await open('/services');
  assert.equal(await theme(), 'dark');
  await button.click();
  assert.equal(await theme(), 'light');
});

test('? shows the keys, Escape puts them away; typed into a field it is text', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  await page.keyboard.press('/');
  await page.keyboard.type('?');
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await eventually(() => page.locator('dialog[open]').count(), 0);
});

test('a viewer that has gone is said to be gone, and the list goes on when it is there again', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/', '.trace-row');
  page.removeAllListeners('console');
  await page.context().setOffline(true);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 10)));
  await page.route('**/viewer/traces*', (route) => route.abort());
  await page.context().setOffline(false);
  await page.reload();
  await page.waitForSelector('.status.lost');
  await page.unroute('**/viewer/traces*');
  await page.waitForSelector('.trace-row');
  await page.waitForSelector('.status:not(.lost)');
  await sendTrace(viewer, { n: 9 });
  await eventually(() => page.locator('.trace-row').count(), 4);
});
