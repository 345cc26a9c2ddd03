import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Viewer } from '../../../src/viewer/viewer.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { chromiumOrSkip, closeChromium } from '../../support/chromium.ts';
import { checkout } from '../../support/run.ts';
import type { Skippable } from '../../support/skip-or-fail.ts';
import { aViewer } from '../support.ts';
import { shopRequest, type ShopTrace } from './shop.ts';

/** A machine with other things to do takes its time. */
const PATIENCE_MS = 30_000;

after(closeChromium);

export interface Browsing {
  readonly viewer: Viewer;
  readonly page: Page;
  /** Goes to a path of the viewer, and waits until `selector` is there. */
  readonly open: (path: string, selector?: string) => Promise<void>;
}

export interface BrowseOptions extends Pick<BrowserContextOptions, 'colorScheme' | 'hasTouch' | 'permissions'> {
  /** Default 1280 × 800. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Sent before the page is opened. */
  readonly traces?: readonly ShopTrace[];
}

/**
 * A viewer of this test's own, looked at with a real Chromium. The test fails where the page throws, complains in the
 * console, or asks anybody but the viewer.
 *
 * @returns undefined where there is no Chromium: return at once
 */
export async function browse(t: Cleanup & Skippable, options: BrowseOptions = {}): Promise<Browsing | undefined> {
  const browser = await chromiumOrSkip(t);
  if (!browser) return undefined;
  const { size = { width: 1280, height: 800 }, traces = [], ...rest } = options;
  const context = await browser.newContext({ viewport: size, ...rest });
  const troubles: string[] = [];
  // what hangs here first is done first: a page whose viewer has gone would complain
  t.after(async () => {
    await context.close();
    assert.deepEqual(troubles, []);
  });
  const viewer = await aViewer(t, { pageDirectory: `${checkout}dist/viewer` });
  for (const trace of traces) await sendTrace(viewer, trace);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== viewer.url && protocol !== 'blob:' && protocol !== 'data:') troubles.push(`asked ${request.url()}`);
  });
  return {
    viewer,
    page,
    async open(path, selector = 'main') {
      await page.goto(viewer.url + path);
      await page.waitForSelector(selector);
    },
  };
}

export async function sendTrace(viewer: Viewer, trace: ShopTrace): Promise<void> {
  await sendOtlp(viewer, shopRequest(trace));
}

export async function sendOtlp(viewer: Viewer, request: unknown): Promise<void> {
  const response = await fetch(`${viewer.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  assert.equal(response.status, 200);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it is now, each in a line. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations: found } = await checker.run();
    return found.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join(' ')}`,
    );
  });
}

/** The text of each element, in the order of the page. */
export async function textsOf(page: Page, selector: string): Promise<string[]> {
  return (await page.locator(selector).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

/** Waits until `read` gives what is wanted; says what it gave last. */
export async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const got = await read();
    try {
      assert.deepEqual(got, wanted);
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}
