import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { pack, packSync, unpack } from '../../src/spool/spool-file.ts';
import { mutate, seeded } from './mutate.ts';
import { aPayload } from './support.ts';

test('what is packed, at leisure or while a thread waits, is unpacked as it was', async () => {
  const anyPayload = fc.record(
    { body: fc.uint8Array({ maxLength: 500 }), contentType: fc.string(), spans: fc.nat() },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(anyPayload, async (payload) => {
      for (const packed of [await pack(payload), packSync(payload)]) {
        const { body, ...rest } = await unpack(packed);
        assert.deepEqual({ ...rest, body: Uint8Array.from(body) }, payload);
      }
    }),
    { numRuns: 200 },
  );
});

test('of 3000 mutated files each is found to be damaged, or holds what it held', async () => {
  const random = seeded(1);
  const payload = aPayload(7, 1000);
  const files = [await pack(payload), packSync(payload)];
  let damaged = 0;
  for (let n = 0; n < 3000; n++) {
    try {
      const { body, contentType, spans } = await unpack(mutate(files[n % 2] ?? assert.fail(), random));
      assert.deepEqual({ body: Uint8Array.from(body), contentType, spans }, payload);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      damaged++;
    }
  }
  assert.ok(damaged > 2000, String(damaged));
});

test('a whole gzip file of something else is none of ours', async () => {
  for (const text of ['', '{}', 'null\n', '{}\nbody', '{"contentType":"a/b"}\nbody', '{"spans":3,"contentType":4}\n']) {
    await assert.rejects(unpack(gzipSync(text)), Error, text);
  }
});
