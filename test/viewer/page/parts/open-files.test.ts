import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pack } from '../../../../src/spool/spool-file.ts';
import { createJaegerEncoder } from '../../../../src/wire/jaeger-encoder.ts';
import { aSpan } from '../../../wire/spans.ts';
import { browse, eventually, textsOf } from '../browse.ts';
import { shopRequest, shopTraceId } from '../shop.ts';

const answer = readFileSync(new URL('../../../fixtures/oracle/jaeger-answer.json', import.meta.url));
const one = Buffer.from(JSON.stringify(shopRequest({ n: 1 })));

test('a file that is chosen is opened; one trace is shown at once', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/', '.empty');
  const input = page.locator('input[type=file]');
  await input.setInputFiles([{ name: 'answer.json', mimeType: 'application/json', buffer: answer }]);
  await eventually(() => page.locator('.trace-row').count(), 2);
  assert.deepEqual(await textsOf(page, '.notice'), ['Opened 2 traces']);
  await input.setInputFiles([{ name: 'one.json.gz', mimeType: 'application/gzip', buffer: gzipSync(one) }]);
  await page.waitForSelector('.waterfall');
  assert.equal(new URL(page.url()).pathname, `/trace/${shopTraceId(1)}`);
});

test('a file of the spool is opened too', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open } = browsing;
  const encoder = createJaegerEncoder();
  encoder.append(aSpan(), 65_000);
  const buffer = Buffer.from(await pack(encoder.take() ?? assert.fail()));
  await open('/', '.empty');
  await page.locator('input[type=file]').setInputFiles([{ name: '1.spool', mimeType: '', buffer }]);
  await eventually(() => textsOf(page, '.span-row .op'), ['GET /users/:id']);
});

test('a file that is dropped is opened, and one that is none is said to be none', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open } = browsing;
  await open('/services', '.empty');
  const drop = (name: string, text: string): Promise<void> =>
    page.evaluate(
      ([fileName, content]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([content], fileName));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      },
      [name, text] as const,
    );
  await drop('one.json', one.toString());
  await page.waitForSelector('.waterfall');
  page.removeAllListeners('console'); // the browser complains of 400
  await drop('notes.txt', 'no trace');
  await eventually(() => textsOf(page, '.notice'), ['notes.txt: line 1 is no JSON']);
});
