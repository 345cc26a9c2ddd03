import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, sendTrace, textsOf } from '../browse.ts';

test('with nothing to show there is the one command, ready to be copied, and the first trace takes its place', async (t) => {
  const browsing = await browse(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/', '.empty .command');
  // this viewer is on another port than the one that the preload sends to by itself
  const command = `OTEL_EXPORTER_OTLP_ENDPOINT=${viewer.otlpUrl} node --import otel-preload/register app.js`;
  await eventually(() => textsOf(page, '.command code'), [command]);
  await page.getByRole('button', { name: 'Copy the command' }).click();
  await eventually(() => page.evaluate(() => navigator.clipboard.readText()), command);
  assert.deepEqual(await textsOf(page, '.empty h2'), ['Waiting for the first trace']);
  await sendTrace(viewer, { n: 1 });
  await page.waitForSelector('.trace-row');
  assert.equal(await page.locator('.empty').count(), 0);
});
