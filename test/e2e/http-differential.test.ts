import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDifferences } from '../../scripts/differences.ts';
import { difference, runTraffic } from './http-traffic.ts';

test('over 460 cases of HTTP traffic leave the spans of the official instrumentation, but for the listed differences', async (t) => {
  const official = await runTraffic(t, 'official');
  const native = await runTraffic(t, 'native');
  assert.ok(official.size > 460, `${official.size} cases`);
  const seen = new Set<string>();
  for (const [name, lines] of official) {
    const lead = difference(lines, native.get(name) ?? []);
    if (lead.length === 0) continue;
    const listed = httpDifferences.filter(({ cases }) => cases.includes(name));
    for (const line of lead) {
      const allowed = listed.some((one) => one.lines.some((pattern) => pattern.test(line)));
      assert.ok(allowed, `${name} differs in a way that is not listed:\n${lead.join('\n')}`);
    }
    seen.add(name);
  }
  const stale = httpDifferences.flatMap(({ cases }) => cases).filter((name) => !seen.has(name));
  assert.deepEqual(stale, [], 'listed, but they do not differ');
});
