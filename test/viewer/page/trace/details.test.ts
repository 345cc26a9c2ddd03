import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, eventually, sendOtlp, textsOf } from '../browse.ts';
import { shopSpanId, shopTraceId } from '../shop.ts';

const traces = [{ n: 1 }, { n: 2, isFailed: true }];
const path = (i: number): string => `/trace/${shopTraceId(2)}?span=${shopSpanId(2, i)}`;

test('duration, self time, start, kind, attributes, process with namespace and address', async (t) => {
  const browsing = await browse(t, { traces, permissions: ['clipboard-read', 'clipboard-write'] });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path(6), '.details');
  assert.deepEqual(await textsOf(page, '.details > .facts'), ['user-srv client']);
  const [numbers = ''] = await textsOf(page, '.numbers');
  assert.match(numbers, /^Duration 20 ms Self 20 ms 100 % Starts at 12 ms [\d:.]+ On the critical path 20 ms$/);
  const rows = await textsOf(page, '.details .tags tr');
  assert.ok(rows.includes('db.query.text SELECT name FROM users WHERE id = $1'), rows.join('\n'));
  assert.match((await textsOf(page, '.details .section'))[2] ?? '', /^Process 3 user-srv shop 10\.0\.0\.3:8080/);
  assert.match((await textsOf(page, '.event'))[0] ?? '', /^rows \+18 ms db\.rows 1$/);
  await page.getByRole('button', { name: 'Copy db.query.text' }).click();
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await eventually(copied, 'SELECT name FROM users WHERE id = $1');
  await page.getByRole('button', { name: 'Copy the span as JSON' }).click();
  await eventually(async () => JSON.parse(await copied()).spanID as string, shopSpanId(2, 6));
});

test('an error comes first, with its message and stack', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path(8), '.failure');
  assert.deepEqual(await textsOf(page, '.failure strong'), ['ProfileError: profile store is down']);
  assert.equal(
    (await page.locator('.failure pre').innerText()).trim(),
    'at load (/srv/store.js:41:11)\n    at async handle (/srv/routes.js:12:19)',
  );
  // lists are readable, numbers and booleans are what they are
  const rows = await textsOf(page, '.details .tags tr');
  for (const row of ['roles ["admin","editor"]', 'ratio 0.25', 'cached false']) assert.ok(rows.includes(row), row);
});

test('links lead to the other span, in this trace or in another', async (t) => {
  const browsing = await browse(t, { traces });
  if (!browsing) return;
  const { page, open } = browsing;
  await open(path(9), '.details .links');
  await page.locator('.links button').click();
  await eventually(() => textsOf(page, '.details h2'), ['SELECT users']);
  await open(path(9), '.details .links');
  await page.locator('.links a').click();
  await eventually(() => Promise.resolve(new URL(page.url()).pathname), `/trace/${shopTraceId(1)}`);
  await eventually(() => textsOf(page, '.details h2'), ['GET /users/:id']);
});

test('what is there to do harm is text: script, markup, right to left, 1 MB, 5000 attributes, odd names', async (t) => {
  const browsing = await browse(t);
  if (!browsing) return;
  const { page, open, viewer } = browsing;
  const script = '<script>globalThis.harmed = 1</script><img src=x onerror="globalThis.harmed = 2">';
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  const span = {
    traceId: shopTraceId(2),
    spanId: shopSpanId(2, 1),
    name: script,
    startTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    endTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n + 5_000_000n),
    attributes: [
      text(script, script),
      text('a.rtl', 'מימין לשמאל \u202e desrever \u2066'),
      text('a.long', 'x'.repeat(1_000_000)),
      text('a.link', 'javascript:globalThis.harmed = 3'),
      text('__proto__', 'polluted'),
      text('constructor', 'text'),
      text('a.json', '{"__proto__":{"x":1},"html":"<b>bold</b>"}'),
      text('a.nul', 'a\0b\u0007c\u001b[31mred'),
      text('', 'no key'),
      ...Array.from({ length: 5000 }, (_, n) => text(`many.${n}`, `value ${n}`)),
    ],
    events: [{ name: script, timeUnixNano: '1', attributes: [text('exception.stacktrace', script.repeat(100))] }],
    status: { code: 2, message: script },
  };
  const resource = { attributes: [text('service.name', `${script}\u202e`), text('service.namespace', script)] };
  await sendOtlp(viewer, { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  await open('/', '.trace-row');
  assert.equal((await textsOf(page, '.trace-row .operation'))[0], script);
  await page.locator('.trace-row a').click();
  await page.locator('.span-row').click();
  await page.waitForSelector('.details .tags');
  assert.deepEqual(await textsOf(page, '.details h2'), [script]);
  const tags = page.locator('.details .section').first().locator('.tags tr');
  assert.equal(await tags.count(), 100);
  await page.getByRole('button', { name: /^Show all 5,0\d\d attributes$/ }).click();
  assert.ok((await tags.count()) > 5000);
  const long = page.locator('tr', { hasText: 'a.long' });
  assert.ok((await long.innerText()).length < 2500);
  await long.getByRole('button', { name: 'Show all 1,000,000 characters' }).click();
  assert.ok((await long.locator('bdi').last().innerText()).length >= 1_000_000);
  for (const where of ['?view=flame', '?view=table', '?find=script', ''])
    await open(`/trace/${shopTraceId(2)}${where}`, 'main h1');
  for (const where of ['/services', '/dependencies', `/compare?a=${shopTraceId(2)}&b=${shopTraceId(2)}`]) {
    await open(where, 'table, svg');
  }
  const harm = await page.evaluate(() => [
    (globalThis as { harmed?: number }).harmed,
    ({} as { x?: number }).x,
    document.querySelectorAll('main script, main img').length,
  ]);
  assert.deepEqual(harm, [undefined, undefined, 0]);
});
