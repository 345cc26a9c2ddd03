import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, aViewer } from '../support.ts';

// test/viewer/jaeger.test.ts holds the answers against those of a real Jaeger; here is where they differ

async function filled(t: Parameters<typeof aViewer>[0]) {
  const viewer = await aViewer(t);
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const span = (id: string, extra: object): object => ({
    traceId: id.repeat(32),
    spanId: id.repeat(16),
    name: 'x',
    startTimeUnixNano: String(nowNs),
    endTimeUnixNano: String(nowNs + 1_000_000n),
    ...extra,
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'a/b' } }] };
  const spans = [
    span('1', { status: { code: 2 } }),
    span('2', { kind: 2 }),
    span('3', { attributes: [{ key: 'nan', value: { doubleValue: 'NaN' } }] }),
  ];
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }));
  const headers = { 'content-type': 'application/json' };
  await ask(`${viewer.otlpUrl}/v1/traces`, { method: 'POST', headers, body });
  const get = async (path: string) => {
    const { status, text } = await ask(viewer.url + path);
    return {
      status,
      ...(JSON.parse(text) as {
        data: { traceID: string; spans: { tags: { key: string; value: unknown }[] }[] }[];
        errors: unknown;
      }),
    };
  };
  return { viewer, get };
}

test('tags are found as they are shown: error, span.kind and status too', async (t) => {
  const { get } = await filled(t);
  const search = async (tags: object): Promise<string[]> => {
    const { data } = await get(`/api/traces?service=a/b&tags=${encodeURIComponent(JSON.stringify(tags))}`);
    return data.map(({ traceID }) => traceID[0] ?? '').sort();
  };
  assert.deepEqual(await search({ error: 'true' }), ['1']);
  assert.deepEqual(await search({ error: 'false' }), ['2', '3']);
  assert.deepEqual(await search({ 'span.kind': 'server' }), ['2']);
  assert.deepEqual(await search({ 'otel.status_code': 'ERROR' }), ['1']);
});

test('what JSON has no number for is a word', async (t) => {
  const { get } = await filled(t);
  const { status, data } = await get(`/api/traces/${'3'.repeat(32)}`);
  assert.equal(status, 200);
  assert.equal(data[0]?.spans[0]?.tags[0]?.value, 'NaN');
});

test('a service with a slash in its name has operations', async (t) => {
  const { get } = await filled(t);
  assert.deepEqual((await get('/api/services/a%2Fb/operations')).data, ['x']);
  assert.equal((await get('/api/services/%E0%A4%A/operations')).status, 400);
});

test('a lookback without a start counts back from now', async (t) => {
  const { get } = await filled(t);
  assert.equal((await get('/api/traces?service=a/b&lookback=1h')).data.length, 3);
  assert.equal((await get('/api/traces?service=a/b&lookback=1ns')).data.length, 0);
});

test('other methods are 405, other paths of the API 404, as JSON', async (t) => {
  const { viewer, get } = await filled(t);
  assert.equal((await get('/api/metrics/calls?service=a')).status, 404);
  assert.equal((await get('/api/nothing')).status, 404);
  assert.equal((await ask(`${viewer.url}/api/traces`, { method: 'POST' })).status, 405);
});
