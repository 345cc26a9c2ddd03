import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, textsOf } from '../browse.ts';
import { shopTraceId } from '../shop.ts';

test('call by call: both times, the difference, and what only one has', async (t) => {
  const browsing = await browse(t, {
    traces: [
      { n: 1, ms: 100 },
      { n: 2, ms: 200, hasQueue: true },
    ],
  });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`/compare?a=${shopTraceId(1)}&b=${shopTraceId(2)}`, '.comparison');
  assert.match((await textsOf(page, '.difference'))[0] ?? '', /^B takes \+160 ms and has 2 more spans\. Swap/);
  const rows = await textsOf(page, '.comparison tbody tr');
  assert.equal(rows.length, 11);
  assert.equal(rows[0], 'gateway GET /users/:id 100 ms 200 ms +100 ms');
  assert.ok(rows.includes('billing process order – 140 ms only B'), rows.join('\n'));
  // both are drawn to one scale: the longer trace's 260 ms
  const widths = await page
    .locator('.comparison tbody tr')
    .first()
    .locator('.bar')
    .evaluateAll((bars) => bars.map((bar) => Math.round(Number.parseFloat((bar as HTMLElement).style.width))));
  assert.deepEqual(widths, [38, 77]);
  await page.getByRole('button', { name: 'What request handler called' }).click();
  await eventually(() => page.locator('.comparison tbody tr').count(), 3);
  await page.keyboard.press('s');
  await eventually(
    async () => (await textsOf(page, '.comparison tbody tr'))[0] ?? '',
    'gateway GET /users/:id 200 ms 100 ms −100 ms',
  );
});

test('from a trace to the list, and with another to the comparison', async (t) => {
  const browsing = await browse(t, { traces: [{ n: 1 }, { n: 2 }] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`/trace/${shopTraceId(1)}`, '.span-row');
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Pick one more to compare' }).waitFor();
  await page
    .locator('.trace-row', { has: page.locator(`[href="/trace/${shopTraceId(2)}"]`) })
    .getByRole('checkbox')
    .check();
  await page.getByRole('button', { name: 'Compare the two' }).click();
  await page.waitForSelector('.comparison');
});
