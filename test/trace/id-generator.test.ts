import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/run.ts';
import { IdGenerator } from '../../src/trace/id-generator.ts';

test('ids have 32 and 16 lower-case digits and come once', () => {
  const ids = new IdGenerator();
  const seen = new Set<string>();
  for (let at = 0; at < 50_000; at++) {
    const traceId = ids.generateTraceId();
    const spanId = ids.generateSpanId();
    assert.match(traceId, /^[\da-f]{32}$/);
    assert.match(spanId, /^[\da-f]{16}$/);
    seen.add(traceId).add(spanId).add(traceId.slice(16));
  }
  assert.equal(seen.size, 150_000);
});

test('each of the 128 bits is set in half of the trace ids', () => {
  const ids = new IdGenerator();
  const count = 20_000;
  const set = Array.from({ length: 128 }, () => 0);
  for (let at = 0; at < count; at++) {
    const bytes = Buffer.from(ids.generateTraceId(), 'hex');
    for (let bit = 0; bit < 128; bit++) set[bit] = (set[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
  }
  // seven standard deviations
  for (const times of set) assert.ok(Math.abs(times - count / 2) < 500, `${times} of ${count}`);
});

test('processes and threads that V8 gives the same random numbers do not give the same ids', async () => {
  const file = new URL('../../src/trace/id-generator.ts', import.meta.url).href;
  const program = `
    import { IdGenerator } from ${JSON.stringify(file)};
    import { isMainThread, Worker } from 'node:worker_threads';
    console.log(new IdGenerator().generateTraceId());
    if (isMainThread) for (const name of ['a', 'b']) new Worker(new URL('data:text/javascript,' + encodeURIComponent(
      'import { IdGenerator } from ${JSON.stringify(file).replaceAll('"', '\\"')}; console.log(new IdGenerator().generateTraceId());')));`;
  const args = ['--random-seed=7', '--input-type=module', '-e', program];
  const outputs = await Promise.all([run({ args }), run({ args })]);
  const ids = outputs.flatMap(({ stdout }) => stdout.trim().split('\n'));
  assert.equal(ids.length, 6);
  assert.equal(new Set(ids).size, 6);
});
