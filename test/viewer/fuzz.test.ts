import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz, STORE_BYTES } from './fuzz.ts';

// bench/fuzz-viewer.ts sends 100 000 and more
test('4000 damaged bodies of every format are spans or an error, never a crash, and all of them can be shown', (t) => {
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const { decoded, spans, refused, crashes, unshowable, storedBytes } = fuzz(4000, seed);
  assert.deepEqual([crashes, unshowable], [[], []]);
  assert.equal(decoded + refused, 4000);
  assert.ok(decoded > 400 && refused > 400 && spans > 1000, `${decoded} decoded, ${refused} refused, ${spans} spans`);
  assert.ok(storedBytes <= STORE_BYTES);
});
