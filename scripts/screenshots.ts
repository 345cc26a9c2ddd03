/**
 * Takes the pictures of the viewer's page in docs/, from traces of the tests' small shop; needs a Chromium.
 *
 *     npm run build && node scripts/screenshots.ts
 */
import type { Page } from 'playwright-core';
import { createLog } from '../src/core/log.ts';
import { startViewer } from '../src/viewer/viewer.ts';
import { chromiumOrSkip, closeChromium } from '../test/support/chromium.ts';
import { shopRequest, shopSpanId, shopTraceId, type ShopTrace } from '../test/viewer/page/shop.ts';
import { seeded } from '../test/spool/mutate.ts';

const SIZE = { width: 1200, height: 680 };
const SETTLE_MS = 700;
const OPERATIONS = ['GET /users/:id', 'GET /users/:id', 'POST /orders', 'GET /profile'];
const FAILED = 7;

const root = new URL('..', import.meta.url).pathname;
const viewer = await startViewer({
  ports: { page: 0, thrift: 0, otlp: 0 },
  pageDirectory: `${root}dist/viewer`,
  log: createLog({ level: 'none' }),
});

async function send(trace: ShopTrace): Promise<void> {
  await fetch(`${viewer.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(shopRequest(trace)),
  });
}

const random = seeded(16_686);
for (let n = 1; n <= 160; n++) {
  const operation = OPERATIONS[random(OPERATIONS.length)] ?? '';
  const isSlow = random(14) === 0;
  await send({
    n,
    operation,
    startMs: Date.now() - n * 700 - random(500),
    ms: (12 + random(60)) * (isSlow ? 9 : 1),
    isFailed: n === FAILED || random(9) === 0,
    hasQueue: operation.startsWith('POST') || n === FAILED,
  });
}

const browser = await chromiumOrSkip({ skip: (why) => console.error(why) });
if (browser) {
  for (const [name, path, colorScheme] of [
    ['list', '/', 'light'],
    ['trace', `/trace/${shopTraceId(FAILED)}?span=${shopSpanId(FAILED, 8)}`, 'light'],
    ['graph', '/dependencies', 'dark'],
  ] as const) {
    const page: Page = await browser.newPage({ viewport: SIZE, colorScheme });
    await page.goto(viewer.url + path);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: `${root}docs/viewer-${name}.png` });
    await page.close();
  }
  await closeChromium();
}
await viewer.close();
