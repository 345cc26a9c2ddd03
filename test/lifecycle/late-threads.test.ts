import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateThreads } from '../../src/lifecycle/late-threads.ts';

test('nothing is dealt with before it begins, once; then all is', () => {
  const log: string[] = [];
  const threads: LateThreads = new LateThreads(() => {
    log.push('created');
    threads.begin();
    return {
      isGuest: false,
      collect: (timeoutMs) => void log.push(`collect ${timeoutMs}`),
      drain: () => void log.push('drain'),
      close: () => void log.push('close'),
    };
  });
  const dealWithAll = (): void => {
    threads.collect(7);
    threads.drain();
    threads.close();
  };
  dealWithAll();
  assert.deepEqual(log, []);
  threads.begin();
  threads.begin();
  dealWithAll();
  assert.deepEqual(log, ['created', 'collect 7', 'drain', 'close']);
});
