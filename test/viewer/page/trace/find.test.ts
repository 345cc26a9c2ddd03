import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, textsOf } from '../browse.ts';
import { shopTraceId } from '../shop.ts';

test('what is found is marked, counted and walked through: Enter, Shift+Enter, n, N and buttons', async (t) => {
  const browsing = await browse(t, { traces: [{ n: 2 }] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`/trace/${shopTraceId(2)}`, '.span-row');
  const place = (wanted: string): Promise<void> =>
    eventually(async () => (await textsOf(page, '.find output'))[0] ?? '', wanted);
  await page.keyboard.press('/');
  await page.keyboard.type('getuser');
  await place('– of 2');
  assert.equal(await page.locator('.span-row.found').count(), 2);
  await page.keyboard.press('Enter');
  await place('1 of 2');
  await page.keyboard.press('Enter');
  await place('2 of 2');
  await page.keyboard.press('Enter');
  await place('1 of 2');
  await page.keyboard.press('Shift+Enter');
  await place('2 of 2');
  await page.keyboard.press('Escape');
  await page.keyboard.press('N');
  await place('1 of 2');
  await page.keyboard.press('n');
  await place('2 of 2');
  await page.getByRole('button', { name: 'Previous' }).click();
  await place('1 of 2');
  await page.getByLabel('Find in the trace').fill('nowhere');
  await place('nothing');
  assert.ok(await page.getByRole('button', { name: 'Next' }).isDisabled());
});
