import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, sendTrace, textsOf } from '../browse.ts';

const startMs = Date.now() - 60_000;

test('requests, rate, errors and durations of each service, and of its operations', async (t) => {
  const traces = Array.from({ length: 10 }, (_, i) => ({
    n: i + 1,
    startMs: startMs + i * 1000,
    ms: 100 + i * 10,
    isFailed: i === 0,
  }));
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/services', 'table');
  const row = async (name: string): Promise<string> =>
    (await textsOf(page, '.services-page tbody tr')).find((text) => text.startsWith(name)) ?? '';
  assert.equal(await row('gateway'), 'gateway 10 1.1/s 10 % 140 ms 190 ms 190 ms 190 ms');
  assert.match(await row('profile-srv'), /^profile-srv 10 1\.1\/s 10 % /);
  assert.match(await row('user-srv'), /^user-srv 10 1\.1\/s 0 % /);
  await page.getByRole('button', { name: 'Operations of gateway' }).click();
  assert.match(await row('GET /users/:id'), /^GET \/users\/:id server 10 /);
  await page.getByRole('button', { name: 'Service', exact: true }).click();
  assert.deepEqual(await textsOf(page, '.services-page tbody > tr:first-child th'), [
    'gateway',
    'profile-srv',
    'user-srv',
  ]);
  // live
  await sendTrace(viewer, { n: 99, hasQueue: true });
  await eventually(async () => (await row('billing')).slice(0, 9), 'billing 1');
  await page.getByLabel('Last').selectOption('5m');
  await eventually(async () => (await row('gateway')).slice(0, 10), 'gateway 11');
  await page.getByRole('link', { name: 'profile-srv' }).click();
  await page.waitForSelector('.trace-row');
  assert.equal(new URL(page.url()).search, '?service=profile-srv');
});

test('a window of time leaves out what is older', async (t) => {
  const browsing = await browse(t, { traces: [{ n: 1, startMs: Date.now() - 7_200_000 }, { n: 2 }] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/services', 'table');
  const counts = (): Promise<string[]> => textsOf(page, '.page-head .muted');
  await eventually(counts, ['from 2 traces']);
  await page.getByLabel('Last').selectOption('1h');
  await eventually(counts, ['from 1 trace']);
  await page.getByLabel('Last').selectOption('1d');
  await eventually(counts, ['from 2 traces']);
});
