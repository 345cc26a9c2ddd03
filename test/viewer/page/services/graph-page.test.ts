import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, textsOf } from '../browse.ts';

test('services and the calls between them, drawn and as a table, with rate, errors and percentiles', async (t) => {
  const startMs = Date.now() - 60_000;
  const traces = Array.from({ length: 4 }, (_, i) => ({
    n: i + 1,
    startMs: startMs + i * 1000,
    isFailed: i === 0,
    hasQueue: true,
  }));
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/dependencies', '.graph svg');
  const nodes = await textsOf(page, '.node strong');
  assert.deepEqual(nodes.sort(), ['25 % gateway', '25 % profile-srv', 'billing', 'orders', 'user-srv']);
  assert.equal(await page.locator('.edge path').count(), 4);
  assert.equal(await page.locator('.edge.failing').count(), 1);
  const rows = await textsOf(page, '.graph-page tbody tr');
  assert.equal(rows.length, 4);
  assert.ok(rows.includes('gateway profile-srv 4 1.3/s 25 % 42 ms 42 ms 42 ms'), rows.join('\n'));
  assert.ok(rows.includes('orders billing 4 1.3/s 0 % 70 ms 70 ms 70 ms'), rows.join('\n'));
  const title = await page.locator('.edge.failing title').textContent();
  assert.equal(title, 'gateway → profile-srv: 4 requests, 1 error, p50 42 ms, p95 42 ms, p99 42 ms');
  // what has nothing to do with the one under the mouse steps back
  await page.locator('.node', { hasText: 'billing' }).hover();
  assert.equal(await page.locator('.node.faded').count(), 3);
  assert.equal(await page.locator('.edge.faded path').count(), 3);
  await page.locator('.node', { hasText: 'orders' }).click();
  await page.waitForSelector('.trace-row');
  assert.equal(new URL(page.url()).search, '?service=orders');
});
