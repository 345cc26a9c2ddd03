import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Durations } from '../../../src/instrument/http/durations.ts';
import { recordingMeters } from './meters.ts';

test('a duration is recorded in seconds, by the name and with the 14 boundaries of the conventions', () => {
  const { meters, recorded, advice } = recordingMeters();
  new Durations(meters, 'scope', 'server').record(performance.now() - 250, { a: 1 });
  const [one] = recorded.get('http.server.request.duration') ?? [];
  assert.ok(one && one.value >= 0.25 && one.value < 5, String(one?.value));
  assert.deepEqual(one.attributes, { a: 1 });
  const [{ unit, advice: given }] = advice as [{ unit: string; advice: { explicitBucketBoundaries: number[] } }];
  assert.equal(unit, 's');
  assert.equal(given.explicitBucketBoundaries.length, 14);
});
