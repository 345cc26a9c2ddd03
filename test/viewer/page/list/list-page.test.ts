import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, sendOtlp, sendTrace, textsOf } from '../browse.ts';
import { shopRequest, shopTraceId, type ShopTrace } from '../shop.ts';

const T0 = Date.now() - 60_000;
const traces: ShopTrace[] = [
  { n: 1, startMs: T0, ms: 40 },
  { n: 2, startMs: T0 + 1000, ms: 80, isFailed: true },
  { n: 3, startMs: T0 + 2000, ms: 900, operation: 'POST /orders', hasQueue: true },
];
const operations = '.trace-row .operation';

test('the newest first, with errors, services, spans, duration and age', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  assert.deepEqual(await textsOf(page, '.count'), ['3 traces']);
  const rows = await textsOf(page, '.trace-row');
  assert.match(rows[0] ?? '', /^POST \/orders gateway user-srv profile-srv orders billing 11 1\.17 s /);
  assert.match(rows[1] ?? '', /^3 errors GET \/users\/:id gateway user-srv profile-srv 9 80 ms (?:1 min|\d\d s) ago$/);
  // a span's colour is in its row's small timeline
  const colours = await page
    .locator('.trace-row .shape')
    .first()
    .evaluate((canvas) => {
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, 300, 30) ?? { data: [] };
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) seen.add(data.slice(i, i + 3).join());
      return seen.size;
    });
  assert.ok(colours >= 4, `${colours} colours`);
});

test('new traces come by themselves, and do not move what is being read', async (t) => {
  const many = Array.from({ length: 60 }, (_, i): ShopTrace => ({
    n: i + 10,
    startMs: T0 + i * 100,
    operation: `GET /${i}`,
  }));
  const browsing = await browse(t, { traces: many });
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/', '.trace-row');
  assert.equal((await textsOf(page, operations))[0], 'GET /59');
  await sendTrace(viewer, { n: 1, operation: 'GET /new' });
  await eventually(async () => (await textsOf(page, operations))[0], 'GET /new');
  const top = (): Promise<string> =>
    page.locator('.list-scroller').evaluate((list) => {
      const { top: above } = list.getBoundingClientRect();
      const inSight = [...list.querySelectorAll('.trace-row')].find(
        (row) => row.getBoundingClientRect().top >= above - 1,
      );
      return inSight?.querySelector('.operation')?.textContent ?? '';
    });
  await page.locator('.list-scroller').evaluate((list) => (list.scrollTop = 52 * 20));
  await eventually(top, 'GET /40');
  await sendTrace(viewer, { n: 2, operation: 'GET /newer' });
  await eventually(() => textsOf(page, '.count'), ['62 traces']);
  await eventually(top, 'GET /40');
});

test('a trace whose spans come late is one row, which grows', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/', '.empty');
  const { resourceSpans } = shopRequest({ n: 1 }) as { resourceSpans: unknown[] };
  await sendOtlp(viewer, { resourceSpans: resourceSpans.slice(1) });
  await eventually(() => textsOf(page, operations), ['grpc.user.UserSrv/GetUser']);
  await sendOtlp(viewer, { resourceSpans: resourceSpans.slice(0, 1) });
  await eventually(() => textsOf(page, operations), ['GET /users/:id']);
  assert.deepEqual(await textsOf(page, '.trace-row .spans'), ['9']);
});

test('filters: service, operation, words, tags, durations, errors; the address has them', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  const shown = (...names: string[]): Promise<void> => eventually(() => textsOf(page, operations), names);
  const [order, get] = ['POST /orders', 'GET /users/:id'];
  await page.getByLabel('Service').selectOption('billing');
  await shown(order);
  await page.getByLabel('Operation').selectOption('process order');
  await shown(order);
  assert.equal(new URL(page.url()).search, '?service=billing&operation=process+order');
  await page.goBack();
  await page.goBack();
  await shown(order, get, get);
  await page.getByRole('button', { name: 'Errors' }).click();
  await shown(get);
  await page.getByRole('button', { name: 'Errors' }).click();
  await page.getByLabel('Shortest duration').fill('70ms');
  await page.getByLabel('Longest duration').fill('100');
  await shown(get);
  await page.getByRole('button', { name: 'Clear' }).click();
  await shown(order, get, get);
  await page.keyboard.press('/');
  await page.keyboard.type('user.id=1');
  await shown(get);
  await page.getByLabel('Search words or tags').fill('profile STORE "is down"');
  await shown(get);
  await page.getByLabel('Search words or tags').fill('nowhere to be found');
  await page.waitForSelector('.empty');
  assert.deepEqual(await textsOf(page, '.empty'), ['No trace matches 3 traces are kept.']);
  // a link shows the same
  await open(`/?q=${encodeURIComponent('user.id=3')}&min=1s`, '.trace-row');
  await shown(order);
  assert.equal(await page.getByLabel('Search words or tags').inputValue(), 'user.id=3');
});

test('a trace that begins to match while one looks is shown', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/?errors=1', '.trace-row');
  await sendTrace(viewer, { n: 4 });
  await sendTrace(viewer, { n: 5, isFailed: true, operation: 'GET /failed' });
  await eventually(() => textsOf(page, operations), ['GET /failed', 'GET /users/:id']);
});

test('orders: longest, most spans, most errors', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  const durations = (): Promise<string[]> => textsOf(page, '.trace-row .duration');
  await page.getByLabel('Order', { exact: true }).selectOption('errors');
  await eventually(durations, ['80 ms', '1.17 s', '40 ms']);
  await page.getByLabel('Order', { exact: true }).selectOption('longest');
  await eventually(durations, ['1.17 s', '80 ms', '40 ms']);
  assert.match(page.url(), /sort=longest/);
});

test('j and k walk, Enter opens, x picks, c compares', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  const focused = (): Promise<string | null> =>
    page.evaluate(() => document.activeElement?.getAttribute('href') ?? null);
  await page.keyboard.press('j');
  await eventually(focused, `/trace/${shopTraceId(3)}`);
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await eventually(focused, `/trace/${shopTraceId(1)}`);
  await page.keyboard.press('k');
  await eventually(focused, `/trace/${shopTraceId(2)}`);
  await page.keyboard.press('x');
  await page.keyboard.press('c');
  await page.waitForSelector('.compare-page');
  assert.equal(new URL(page.url()).search, `?a=${shopTraceId(3)}&b=${shopTraceId(2)}`);
  await page.goBack();
  await page.waitForSelector('.trace-row');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.waterfall');
});

test('of the plot, a point opens its trace and a drag asks for what is inside', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.trace-row');
  const plot = page.locator('.scatter canvas');
  const box = await plot.boundingBox();
  assert.ok(box);
  // the longest, which is the last, is in the upper right corner
  await page.mouse.move(box.x + box.width - 12, box.y + 15);
  await page.waitForSelector('.tooltip');
  assert.match((await textsOf(page, '.tooltip'))[0] ?? '', /^POST \/orders gateway · 1\.17 s/);
  await page.mouse.move(box.x + 30, box.y + box.height - 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.45, { steps: 5 });
  await page.mouse.up();
  await eventually(() => textsOf(page, operations), ['GET /users/:id', 'GET /users/:id']);
  assert.match(page.url(), /start=\d+&end=\d+/);
  await page.locator('.list-head .chip').click();
  await eventually(() => textsOf(page, '.count'), ['3 traces']);
});

test('forgetting all is asked twice', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  await open('/', '.trace-row');
  await page.getByRole('button', { name: 'Forget all' }).click();
  assert.equal(viewer.counts.traces, 3);
  await page.getByRole('button', { name: 'Really forget all?' }).click();
  await page.waitForSelector('.empty');
  assert.equal(viewer.counts.traces, 0);
});

test('100 000 traces: the first are there at once, all can be scrolled through, and one is found', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  for (let part = 0; part < 20; part++) {
    const spans = Array.from({ length: 5000 }, (_, i) => {
      const n = part * 5000 + i;
      const from = startNs - BigInt(n) * 10_000_000n;
      const times = {
        startTimeUnixNano: String(from),
        endTimeUnixNano: String(from + BigInt(1000 + (n % 997) * 100_000)),
      };
      return { traceId: shopTraceId(n), spanId: '1'.repeat(16), name: `GET /${n}`, kind: 2, ...times };
    });
    await sendOtlp(viewer, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  }
  assert.equal(viewer.counts.traces, 100_000);
  const startedMs = performance.now();
  await open('/', '.trace-row');
  t.diagnostic(`first row after ${Math.round(performance.now() - startedMs)} ms`);
  await eventually(() => textsOf(page, '.count'), ['100,000 traces']);
  t.diagnostic(`all after ${Math.round(performance.now() - startedMs)} ms`);
  assert.ok((await page.locator('.trace-row').count()) < 60);
  await page.locator('.list-scroller').evaluate((list) => (list.scrollTop = list.scrollHeight));
  await eventually(async () => (await textsOf(page, operations)).at(-1), 'GET /99999');
  const frames = await page.locator('.list-scroller').evaluate(async (list) => {
    const times: number[] = [];
    for (let n = 0, last = performance.now(); n < 60; n++) {
      list.scrollTop -= 500;
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - last);
      last = performance.now();
    }
    return times.sort((a, b) => a - b);
  });
  t.diagnostic(`scrolling: ${frames[30]?.toFixed(1)} ms a frame, ${frames[57]?.toFixed(1)} ms at the 95th percentile`);
  await page.getByLabel('Search words or tags').fill('GET /77777');
  await eventually(() => textsOf(page, operations), ['GET /77777']);
});
