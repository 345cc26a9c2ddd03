import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceRow } from '../../../src/viewer/page-protocol.ts';
import type { Viewer } from '../../../src/viewer/viewer.ts';
import { ask, aViewer, idOf } from '../support.ts';
import { hear } from './sse.ts';

async function send(viewer: Viewer, ids: readonly number[], name = 'x'): Promise<void> {
  const spans = ids.map((n) => ({
    traceId: idOf(n, 32),
    spanId: idOf(n),
    name,
    startTimeUnixNano: '1000000',
    endTimeUnixNano: '2000000',
  }));
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const { status } = await ask(`${viewer.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.equal(status, 200);
}

const rowsOf = (data: unknown): TraceRow[] => data as TraceRow[];

test('2500 rows come in parts, then ready, then what changes', async (t) => {
  const viewer = await aViewer(t);
  await send(
    viewer,
    Array.from({ length: 2500 }, (_, n) => n),
  );
  const { events, until } = hear(t, `${viewer.url}/viewer/traces`);
  await until((all) => all.some(({ event }) => event === 'ready'));
  assert.deepEqual(
    events.map(({ event, data }) => [event, Array.isArray(data) ? data.length : data]),
    [
      ['rows', 1000],
      ['rows', 1000],
      ['rows', 500],
      ['ready', { total: 2500 }],
    ],
  );
  await send(viewer, [1, 9999], 'y');
  await until((all) => all.length > 4);
  assert.deepEqual(
    rowsOf(events[4]?.data).map(([id, , , spans]) => [id, spans]),
    [
      [idOf(1, 32), 2],
      [idOf(9999, 32), 1],
    ],
  );
});

test('what matches no more, or is there no more, is gone', async (t) => {
  const viewer = await aViewer(t);
  await send(viewer, [1, 2]);
  const { events, until } = hear(t, `${viewer.url}/viewer/traces?max=1ms`);
  await until((all) => all.some(({ event }) => event === 'ready'));
  const span = {
    traceId: idOf(1, 32),
    spanId: idOf(7),
    name: 'late',
    startTimeUnixNano: '1000000',
    endTimeUnixNano: '90000000',
  };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  await ask(`${viewer.otlpUrl}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await until((all) => all.some(({ event }) => event === 'gone'));
  assert.deepEqual(events.at(-1), { event: 'gone', data: [idOf(1, 32)] });
  await ask(`${viewer.url}/viewer/traces`, { method: 'DELETE' });
  await until((all) => all.filter(({ event }) => event === 'gone').length > 1);
  assert.deepEqual(rowsOf(events.at(-1)?.data).map(String).sort(), [idOf(1, 32), idOf(2, 32)]);
});

test('the page of a trace hears of that trace only', async (t) => {
  const viewer = await aViewer(t);
  await send(viewer, [1]);
  const { events, until } = hear(t, `${viewer.url}/viewer/trace/${idOf(1, 32)}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await send(viewer, [2]);
  await send(viewer, [1], 'second');
  await until((all) => all.length > 0);
  assert.deepEqual(events, [{ event: 'changed', data: { spans: 2 } }]);
});
