import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, sendOtlp, textsOf } from '../browse.ts';
import { shopRequest, shopSpanId, shopTraceId } from '../shop.ts';

const failed = { n: 2, isFailed: true, startMs: Date.now() - 5000 };
const path = `/trace/${shopTraceId(2)}`;
const selected = '.span-row.selected .op';

test('the head says what it is: duration, spans, depth, errors, id, services', async (t) => {
  const browsing = await browse(t, { traces: [failed], permissions: ['clipboard-read', 'clipboard-write'] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  const [head = ''] = await textsOf(page, '.trace-head');
  assert.match(
    head,
    /^GET \/users\/:id 100 ms [\d:., a-zA-Z]+ 9 spans depth 5 3 errors 5{25}0{6}2 gateway 5 user-srv 2 profile-srv 2$/,
  );
  await page.getByRole('button', { name: 'Copy the trace’s id'.replace('’', "'") }).click();
  await eventually(() => page.evaluate(() => navigator.clipboard.readText()), shopTraceId(2));
});

test('spans that come late are shown, and what is selected stays selected', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  const { resourceSpans } = shopRequest(failed) as { resourceSpans: unknown[] };
  await sendOtlp(viewer, { resourceSpans: resourceSpans.slice(0, 1) });
  await open(path, '.span-row');
  assert.equal(await page.locator('.span-row').count(), 5);
  await page.locator('.span-row', { hasText: 'request handler' }).click();
  await sendOtlp(viewer, { resourceSpans: resourceSpans.slice(1) });
  await eventually(() => page.locator('.span-row').count(), 9);
  assert.deepEqual(await textsOf(page, selected), ['request handler']);
});

test('keys: j k walk, h l close and open, e finds errors, z unzooms, 1 2 3 change the view, Escape leaves', async (t) => {
  const browsing = await browse(t, { traces: [failed] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`${path}?zoom=10000-20000`, '.span-row');
  const keys = async (...all: string[]): Promise<void> => {
    for (const key of all) await page.keyboard.press(key);
  };
  await keys('j', 'j', 'j');
  await eventually(() => textsOf(page, selected), ['request handler']);
  await keys('k', 'ArrowDown');
  await eventually(() => textsOf(page, selected), ['request handler']);
  await keys('h');
  await eventually(() => page.locator('.span-row').count(), 3);
  assert.deepEqual(await textsOf(page, '.span-row.selected .below'), ['6']);
  await keys('h');
  await eventually(() => textsOf(page, selected), ['GET /users/:id']);
  await keys('j', 'j', 'l');
  await eventually(() => page.locator('.span-row').count(), 9);
  await keys('e');
  await eventually(() => textsOf(page, selected), ['GET']);
  await keys('e');
  await eventually(() => textsOf(page, selected), ['GET /profiles/:id']);
  await keys('z');
  assert.doesNotMatch(page.url(), /zoom/);
  await keys('2');
  await page.waitForSelector('.flame');
  await keys('3');
  await page.waitForSelector('.totals');
  await keys('1');
  await page.waitForSelector('.waterfall');
  await keys('Escape');
  assert.equal(await page.locator('.details').count(), 0);
});

test('a link has the view, the span, the zoom and what is looked for; a span below a closed one is opened', async (t) => {
  const browsing = await browse(t, { traces: [failed] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`${path}?span=${shopSpanId(2, 6)}&zoom=10000-40000&find=users`, '.details');
  assert.deepEqual(await textsOf(page, '.details h2'), ['SELECT users']);
  assert.deepEqual(await textsOf(page, '.find output'), ['4 of 4']);
  await page.getByRole('button', { name: 'Close all' }).click();
  await eventually(() => page.locator('.span-row').count(), 3);
  await open(`${path}?span=${shopSpanId(2, 6)}`, '.span-row.selected');
  assert.deepEqual(await textsOf(page, selected), ['SELECT users']);
});

test('the trace can be saved as JSON, and opened again', async (t) => {
  const browsing = await browse(t, { traces: [failed] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'JSON' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `${shopTraceId(2)}.json`);
});
