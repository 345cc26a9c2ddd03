import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { gzip } from '../../src/export/gzip.ts';

for (const [bytes, isHere] of [
  [0, true],
  [1, true],
  [64 * 1024, true],
  [64 * 1024 + 1, false],
  [5_000_000, false],
] as const) {
  test(`${bytes} bytes are compressed ${isHere ? 'at once' : 'in the thread pool'} and come back as they were`, async () => {
    const body = Uint8Array.from({ length: bytes }, (_, i) => (i * i) >> 5);
    let isDone = false;
    const zipped = gzip(body).finally(() => (isDone = true));
    // before the event loop has turned, so the pool has had no say yet
    for (let microtask = 0; microtask < 10; microtask++) await Promise.resolve();
    assert.equal(isDone, isHere);
    assert.deepEqual(new Uint8Array(gunzipSync(await zipped)), body);
  });
}

test('what is no body is a rejection', async () => {
  await assert.rejects(gzip(undefined as never));
});
