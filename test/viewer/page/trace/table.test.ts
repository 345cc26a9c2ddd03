import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, textsOf } from '../browse.ts';
import { shopTraceId } from '../shop.ts';

test('operations with count, errors, times and share, in the order that is asked for', async (t) => {
  const browsing = await browse(t, { traces: [{ n: 2, isFailed: true }] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`/trace/${shopTraceId(2)}?view=table`, '.totals table');
  const first = async (): Promise<string> => (await textsOf(page, '.totals tbody tr'))[0] ?? '';
  assert.match(await first(), /^profile-srv load profile 1 0 28 ms 28 ms 28 ms 28 ms 28 %$/);
  await page.getByRole('button', { name: 'Total' }).click();
  await eventually(first, 'gateway GET /users/:id 1 1 100 ms 100 ms 100 ms 4 ms 4 %');
  await page.getByRole('button', { name: 'Total' }).click();
  assert.match(await first(), /^gateway middleware/);
  assert.deepEqual(await textsOf(page, 'th[aria-sort=ascending]'), ['Total ↑']);
  await page.getByRole('button', { name: 'SELECT users' }).click();
  await eventually(() => textsOf(page, '.details h2'), ['SELECT users']);
});

test('the call tree, closed and opened', async (t) => {
  const browsing = await browse(t, { traces: [{ n: 2 }] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`/trace/${shopTraceId(2)}?view=table`, '.totals table');
  await page.getByRole('button', { name: 'Call tree' }).click();
  await eventually(() => page.locator('.totals tbody tr').count(), 9);
  await page.getByRole('button', { name: 'What request handler called' }).click();
  await eventually(() => page.locator('.totals tbody tr').count(), 3);
  const toggle = page.getByRole('button', { name: 'What request handler called' });
  assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
  await toggle.click();
  await eventually(() => page.locator('.totals tbody tr').count(), 9);
});
