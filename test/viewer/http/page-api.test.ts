import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, aViewer, type RawAnswer } from '../support.ts';
import { hear } from './sse.ts';

const saved = readFileSync(new URL('../../fixtures/oracle/jaeger-answer.json', import.meta.url));
const open = (url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  ask(`${url}/viewer/open`, { method: 'POST', headers, body });

test('a dropped file is opened, and is in lists, shapes, statistics and counts', async (t) => {
  const { url } = await aViewer(t, { version: '1.2.3' });
  const opened = JSON.parse((await open(url, saved)).text) as { traces: string[]; spans: number };
  assert.deepEqual([opened.traces.length, opened.spans], [2, 7]);
  const [id = ''] = opened.traces;
  const json = async (path: string): Promise<Record<string, unknown>> => JSON.parse((await ask(url + path)).text);
  const shapes = await json(`/viewer/shapes?id=${id}&id=nonsense`);
  assert.deepEqual(Object.keys(shapes), [id]);
  const statistics = await json('/viewer/statistics');
  assert.equal(statistics['traces'], 2);
  const filtered = await json('/viewer/statistics?service=user-srv');
  assert.equal(filtered['traces'], 1);
  const { version, traces, received } = await json('/viewer/info');
  assert.deepEqual([version, traces, received], ['1.2.3', 2, 7]);
  await ask(`${url}/viewer/traces`, { method: 'DELETE' });
  assert.equal((await json('/viewer/info'))['traces'], 0);
});

test('what cannot be opened or asked for is 400 with a reason, from another origin 403', async (t) => {
  const { url } = await aViewer(t);
  const nonsense = await open(url, Buffer.from('{"a":1}'));
  assert.equal(nonsense.status, 400);
  assert.match(nonsense.text, /neither a trace of Jaeger/);
  assert.equal((await ask(`${url}/viewer/traces?min=fast`)).status, 400);
  assert.equal((await ask(`${url}/viewer/trace/nonsense`)).status, 400);
  assert.equal((await ask(`${url}/viewer/nothing`)).status, 404);
  assert.equal((await open(url, saved, { origin: 'http://evil.example' })).status, 403);
  assert.equal(
    (await ask(`${url}/viewer/traces`, { method: 'DELETE', headers: { 'sec-fetch-site': 'cross-site' } })).status,
    403,
  );
});

test('the 33rd stream is refused, and has room when one of the others has ended', async (t) => {
  const { url } = await aViewer(t);
  const streams = Array.from({ length: 32 }, () => hear(t, `${url}/viewer/traces`));
  for (const { until } of streams) await until((events) => events.some(({ event }) => event === 'ready'));
  assert.equal((await ask(`${url}/viewer/traces`)).status, 503);
  streams[0]?.stop();
  for (;;) {
    const last = hear(t, `${url}/viewer/traces`);
    await delay(30);
    if (last.events.length > 0) break;
  }
});
