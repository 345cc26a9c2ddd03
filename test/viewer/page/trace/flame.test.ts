import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, textsOf } from '../browse.ts';
import { shopTraceId } from '../shop.ts';

test('a box is its span: its name under the mouse, selected by a click, zoomed to by two', async (t) => {
  const browsing = await browse(t, { traces: [{ n: 2 }] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(`/trace/${shopTraceId(2)}?view=flame`, '.flame canvas');
  const box = await page.locator('.flame canvas').boundingBox();
  assert.ok(box);
  // the database is at 12 – 32 % of the time, in the fifth row below the axis
  const at = { x: box.x + box.width * 0.22, y: box.y + 22 + 4.5 * 20 };
  await page.mouse.move(at.x, at.y);
  await eventually(() => textsOf(page, '.tooltip'), ['SELECT users user-srv · 20 ms · self 20 ms']);
  await page.mouse.click(at.x, at.y);
  await eventually(() => textsOf(page, '.details h2'), ['SELECT users']);
  await page.keyboard.press('Escape');
  await page.mouse.dblclick(at.x, at.y);
  await eventually(() => Promise.resolve(new URL(page.url()).searchParams.get('zoom')), '12000-32000');
  await page.keyboard.press('Escape');
  // now it is as wide as the graph
  await page.mouse.move(box.x + box.width * 0.95, at.y);
  await eventually(() => textsOf(page, '.tooltip strong'), ['SELECT users']);
});
