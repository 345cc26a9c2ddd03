import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlushProgress } from '../../src/lifecycle/flush-progress.ts';

test('what one side writes the other reads, job by job and payload by payload', () => {
  const payloads = [3, 1, 0];
  const waiter = new FlushProgress(payloads);
  const worker = new FlushProgress(payloads, waiter.shared);
  worker.ended(0, 0, 'delivered');
  worker.ended(0, 2, 'refused');
  worker.rejected(0, 512);
  worker.rejected(0, 8);
  worker.standsAt(1, 'answered 400: ungültig');
  worker.standsAt(2, 'no answer in time');
  worker.standsAt(2, 'ok');
  assert.deepEqual(
    [0, 1, 2].map((job) => waiter.result(job)),
    [
      { ends: ['delivered', 'unsent', 'refused'], rejected: 520, why: '' },
      { ends: ['unsent'], rejected: 0, why: 'answered 400: ungültig' },
      { ends: [], rejected: 0, why: 'ok' },
    ],
  );
});

test('a text of more than 240 bytes stays in its place', () => {
  const progress = new FlushProgress([1, 1]);
  progress.standsAt(0, 'x'.repeat(1000));
  assert.deepEqual(progress.result(0), { ends: ['unsent'], rejected: 0, why: 'x'.repeat(240) });
  assert.deepEqual(progress.result(1), { ends: ['unsent'], rejected: 0, why: '' });
});

test('waiting ends at once when all is done, else at the timeout', () => {
  const progress = new FlushProgress([]);
  const startedMs = performance.now();
  progress.wait(50);
  assert.ok(performance.now() - startedMs >= 45);
  progress.done();
  progress.wait(60_000);
});
