import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Options } from '../../../bench/support/bench.ts';
import { besideBare, figure, inRounds, show } from '../../../bench/support/rounds.ts';
import type { Variant } from '../../../bench/support/variants.ts';

function variant(name: string): Variant {
  return { name, flags: [], env: () => ({}), usualSpans: true, ours: false, sendsEveryMs: 0 };
}

function options(names: readonly string[], rounds: number): Options {
  return { variants: names.map(variant), rounds, ms: 1, patienceMs: 0, short: true, progress: () => {} };
}

test('each round measures every variant once and begins with another one', async () => {
  const order: string[] = [];
  await inRounds(options(['bare', 'a', 'b'], 3), async ({ name }) => void order.push(name), String);
  assert.deepEqual(order, ['bare', 'a', 'b', 'a', 'b', 'bare', 'b', 'bare', 'a']);
});

test("a multiple is of the bare app's figure in the same round", async () => {
  const figures: Record<string, number[]> = { bare: [10, 20], a: [30, 40] };
  const all = await inRounds(
    options(['bare', 'a'], 2),
    ({ name }) => Promise.resolve(figures[name]?.shift() ?? NaN),
    String,
  );
  const [bare, a] = all.variants;
  assert.ok(bare && a);
  const multiple = besideBare(all, a, (one, beside) => one / beside);
  assert.deepEqual(multiple, { median: 2.5, min: 2, max: 3 });
  assert.equal(
    besideBare(all, bare, (one, beside) => one / beside),
    undefined,
  );
  assert.deepEqual(
    figure(all, a, (one) => one),
    { median: 35, min: 30, max: 40 },
  );
});

test('a variant that fails in one round is a failure and leaves the other rounds', async () => {
  let calls = 0;
  const all = await inRounds(
    options(['bare'], 2),
    () => (++calls === 1 ? Promise.reject(new Error('ended')) : Promise.resolve(7)),
    String,
  );
  const [bare] = all.variants;
  assert.ok(bare);
  assert.deepEqual(all.failures, ['bare: Error: ended']);
  assert.deepEqual(all.of(bare), [undefined, 7]);
  assert.equal(
    show(
      figure(all, bare, (one) => one),
      1,
    ),
    '7.0',
  );
});

test('a spread is shown with its ends, unless there is none', () => {
  assert.equal(show({ median: 1.234, min: 1.2, max: 1.3 }, 2), '1.23 (1.20–1.30)');
  assert.equal(show({ median: 5, min: 5, max: 5 }, 0), '5');
  assert.equal(show(undefined, 1), '–');
});
