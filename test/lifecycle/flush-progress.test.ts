import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlushProgress } from '../../src/lifecycle/flush-progress.ts';

test('what one side writes the other reads, job by job', () => {
  const shared = FlushProgress.share(3);
  const [worker, waiter] = [new FlushProgress(shared), new FlushProgress(shared)];
  worker.delivered(0, 512);
  worker.delivered(0, 8);
  worker.refused(1, 3);
  worker.standsAt(1, 'answered 400: ungültig');
  worker.standsAt(2, 'no answer in time');
  worker.standsAt(2, 'ok');
  assert.deepEqual(
    [0, 1, 2].map((job) => waiter.result(job)),
    [
      { delivered: 520, refused: 0, why: '' },
      { delivered: 0, refused: 3, why: 'answered 400: ungültig' },
      { delivered: 0, refused: 0, why: 'ok' },
    ],
  );
});

test('a text of more than 240 bytes stays in its place', () => {
  const shared = FlushProgress.share(2);
  const progress = new FlushProgress(shared);
  progress.standsAt(0, 'x'.repeat(1000));
  assert.equal(progress.result(0).why, 'x'.repeat(240));
  assert.deepEqual(progress.result(1), { delivered: 0, refused: 0, why: '' });
});

test('waiting ends at once when all is done, else at the timeout', () => {
  const progress = new FlushProgress(FlushProgress.share(0));
  const startedMs = performance.now();
  progress.wait(50);
  assert.ok(performance.now() - startedMs >= 45);
  progress.done();
  progress.wait(60_000);
});
