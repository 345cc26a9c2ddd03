import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browse, eventually, sendOtlp, textsOf } from '../browse.ts';
import { shopTraceId } from '../shop.ts';

const path = `/trace/${shopTraceId(2)}`;
const trace = { n: 2, isFailed: true };

/** Left and width of each bar, in percent of its line. */
function bars(page: Page): Promise<string[]> {
  return page.locator('.span-row .bar').evaluateAll((all) =>
    all.map((bar) => {
      const { left, width } = (bar as HTMLElement).style;
      return `${Math.round(Number.parseFloat(left))} ${Math.round(Number.parseFloat(width))}`;
    }),
  );
}

test('rows are the tree, bars are the times, the critical path is drawn', async (t) => {
  const browsing = await browse(t, { traces: [trace] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  assert.deepEqual(await textsOf(page, '.span-row .op'), [
    'GET /users/:id',
    'middleware',
    'request handler',
    'grpc.user.UserSrv/GetUser',
    'grpc.user.UserSrv/GetUser',
    'SELECT users',
    'GET',
    'GET /profiles/:id',
    'load profile',
  ]);
  assert.deepEqual(await textsOf(page, '.span-row .telling'), ['/users/2', 'SELECT name FROM users WHERE id = $1']);
  const levels = await page
    .locator('.span-row')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-level')));
  assert.deepEqual(levels, ['1', '2', '2', '3', '4', '5', '3', '4', '5']);
  assert.deepEqual(await bars(page), ['0 100', '1 2', '4 94', '6 40', '9 33', '12 20', '48 46', '50 42', '60 28']);
  assert.equal(await page.locator('.span-row.error').count(), 3);
  assert.equal(await page.locator('.span-row .mark').count(), 2);
  const critical = page.locator('.bar .critical');
  assert.ok((await critical.count()) >= 9);
  await page.getByRole('button', { name: 'Critical path' }).click();
  assert.equal(await critical.count(), 0);
  await page.keyboard.press('p');
  assert.ok((await critical.count()) >= 9);
});

test('every tick has its time, inside the axis', async (t) => {
  const browsing = await browse(t, { traces: [trace], size: { width: 400, height: 700 } });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  const outside = await page.locator('.waterfall-head .axis').evaluate((axis) => {
    const { left, right } = axis.getBoundingClientRect();
    const spans = [...axis.querySelectorAll('span')].map(
      (span) => [span.textContent, span.getBoundingClientRect()] as const,
    );
    return [
      spans.length,
      ...spans.filter(([, box]) => box.left < left - 1 || box.right > right + 1).map(([text]) => text),
    ];
  });
  assert.deepEqual(outside, [6]);
});

test('a row is closed and opened by its button, and says what is hidden', async (t) => {
  const browsing = await browse(t, { traces: [trace] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  await page.getByRole('button', { name: 'Close request handler' }).click();
  assert.equal(await page.locator('.span-row').count(), 3);
  const row = page.locator('.span-row', { hasText: 'request handler' });
  assert.equal(await row.getAttribute('aria-expanded'), 'false');
  assert.match(await row.innerText(), /^6/);
  // what is hidden has failed
  assert.equal(await row.locator('.icon.error').count(), 1);
  await page.getByRole('button', { name: 'Open request handler' }).click();
  assert.equal(await page.locator('.span-row').count(), 9);
  assert.equal(await page.locator('.details').count(), 0);
});

test('a drag over the times zooms, so does one over the small map; a double click shows all again', async (t) => {
  const browsing = await browse(t, { traces: [trace] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  const drag = async (selector: string, from: number, to: number): Promise<void> => {
    const box = await page.locator(selector).first().boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * from, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, y, { steps: 6 });
    assert.equal(await page.locator('.brush').count(), 1);
    await page.mouse.up();
  };
  const zoom = (): Promise<number[]> =>
    Promise.resolve(
      (new URL(page.url()).searchParams.get('zoom') ?? '').split('-').map((us) => Math.round(Number(us) / 1000)),
    );
  await drag('.axis', 0.5, 0.9);
  await eventually(zoom, [50, 90]);
  // what ended before is behind, what goes on is cut
  assert.equal(await page.locator('.beyond.before').count(), 4);
  await drag('.minimap', 0.2, 0.1);
  await eventually(zoom, [10, 20]);
  assert.equal(await page.locator('.details').count(), 0);
  await page.locator('.minimap').dblclick();
  await eventually(() => bars(page).then(([root]) => root), '0 100');
});

test('the width of the names is the user’s', async (t) => {
  const browsing = await browse(t, { traces: [trace] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path, '.span-row');
  const box = await page.locator('.resizer').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 4, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(640, box.y + 10, { steps: 4 });
  await page.mouse.up();
  const width = (): Promise<number> =>
    page
      .locator('.span-row .name')
      .first()
      .evaluate((name) => name.clientWidth);
  assert.ok(Math.abs((await width()) - 632) < 15, String(await width()));
  await page.reload();
  await page.waitForSelector('.span-row');
  assert.ok(Math.abs((await width()) - 632) < 15);
});

test('a trace of 10 000 spans has 50 rows in the document, and all of them by scrolling', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: 10_000 }, (_, n) => ({
    traceId: shopTraceId(2),
    spanId: (n + 1).toString(16).padStart(16, '0'),
    ...(n === 0 ? {} : { parentSpanId: (Math.floor((n - 1) / 4) + 1).toString(16).padStart(16, '0') }),
    name: `span ${n}`,
    startTimeUnixNano: String(startNs + BigInt(n) * 10_000n),
    endTimeUnixNano: String(startNs + BigInt(n === 0 ? 1e9 : n * 10_000 + 2e6)),
    attributes: Array.from({ length: 10 }, (__, i) => ({
      key: `attribute.${i}`,
      value: { stringValue: `value ${n}` },
    })),
  }));
  await sendOtlp(viewer, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const startedMs = performance.now();
  await open(path, '.span-row');
  t.diagnostic(`first rows after ${Math.round(performance.now() - startedMs)} ms`);
  assert.ok((await page.locator('.span-row').count()) < 60);
  assert.equal(await page.locator('[role=treegrid]').getAttribute('aria-rowcount'), '10001');
  const frames = await page.locator('.waterfall-scroller').evaluate(async (list) => {
    const times: number[] = [];
    for (let n = 0, last = performance.now(); n < 100; n++) {
      list.scrollTop += 600;
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - last);
      last = performance.now();
    }
    return times.sort((a, b) => a - b);
  });
  t.diagnostic(`scrolling: ${frames[50]?.toFixed(1)} ms a frame, ${frames[95]?.toFixed(1)} ms at the 95th percentile`);
  await page.locator('.waterfall-scroller').evaluate((list) => (list.scrollTop = list.scrollHeight));
  await eventually(async () => (await page.locator('.span-row').last().getAttribute('aria-rowindex')) ?? '', '10001');
  // the head stays in sight
  const head = await page.locator('.waterfall-head').boundingBox();
  const list = await page.locator('.waterfall-scroller').boundingBox();
  assert.equal(head?.y, list?.y);
  await page.getByLabel('Find in the trace').fill('value 9999');
  await page.keyboard.press('Enter');
  await eventually(() => textsOf(page, '.span-row.selected .op'), ['span 9999']);
  await page.keyboard.press('Escape');
  for (const view of ['2', '3']) {
    await page.keyboard.press(view);
    await page.waitForSelector(view === '2' ? '.flame canvas' : '.totals table');
  }
  // each operation is another, and a table of all would take seconds
  await eventually(() => page.locator('.totals tbody tr').count(), 300);
  await page.getByRole('button', { name: 'Show 2,000 more' }).click();
  await eventually(() => page.locator('.totals tbody tr').count(), 2300);
});
