import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDifferences } from '../../scripts/differences.ts';
import { runTraffic } from './http-traffic.ts';
import { assertListed } from './traffic.ts';

test('over 460 cases of HTTP traffic leave the spans of the official instrumentation, but for the listed differences', async (t) => {
  const official = await runTraffic(t, 'official');
  const native = await runTraffic(t, 'native');
  assert.ok(official.size > 460, `${official.size} cases`);
  assertListed(official, native, httpDifferences);
});
