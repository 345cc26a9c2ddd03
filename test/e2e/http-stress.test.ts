import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { countSpans, stressHttp } from './http-stress.ts';

const MEGABYTE = 1024 * 1024;

test('1200 requests that are given up, 500 connections and 20 MB there and back leave each its span, and nothing on the heap', async (t) => {
  const load = { aborted: 600, connections: 500, bodies: 20 };
  const bare = await stressHttp(load);
  const collector = await startCollector(t);
  const traced = await stressHttp({
    ...load,
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl, TRACING_FLUSH_TIMEOUT: '10000' },
  });
  const { seen } = traced.after;
  assert.ok(seen > 2000, `${seen} requests seen`);
  assert.deepEqual(countSpans(collector.spans), { server: seen, client: traced.made, twice: 0 });
  for (const [name, count] of Object.entries(traced.idle.alive))
    assert.ok(count < 20, `${count} ${name} with all idle`);
  for (const [name, count] of Object.entries(traced.after.alive)) assert.ok(count < 20, `${count} ${name} at the end`);
  const growth = traced.after.heapUsed - traced.before.heapUsed - (bare.after.heapUsed - bare.before.heapUsed);
  assert.ok(growth < 2 * MEGABYTE, `the heap has grown by ${growth} bytes more than untraced`);
});
